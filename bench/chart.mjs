// Draws the chart of docs/performance.md: processor time per 1,000 requests of each operation, for the service and
// LIMIT.
const WIDTH = 860;
const LEFT = 190;
const RIGHT = 70;
const ROW = 40;
const BAR = 13;
const TOP = 62;
const COLORS = { node: '#4c6ef5', database: '#91a7ff' };
const LIMIT_COLORS = { node: '#868e96', database: '#ced4da' };

/** Returns an SVG that is legible on light and dark pages. */
export function chartOf({ results, date, machine }) {
  // Login is left out: the password hash dominates it, and its bar would make the others too short to see.
  const shown = results.filter(({ name, limit }) => limit && name !== 'login');
  const most = Math.max(
    ...shown.flatMap(({ service, limit }) => [service, limit].map((one) => one.cpu + one.databaseCpu)),
  );
  const scale = (WIDTH - LEFT - RIGHT) / most;
  const rows = shown.flatMap(({ label, service, limit }, index) => {
    const y = TOP + index * ROW;
    return [
      text(LEFT - 10, y + BAR + 4, label, 'end'),
      ...bar(service, y, COLORS, scale),
      ...bar(limit, y + BAR + 2, LIMIT_COLORS, scale),
    ];
  });
  const height = TOP + shown.length * ROW + 12;
  const legend = [
    ['service', COLORS.node, LEFT],
    ['its PostgreSQL', COLORS.database, LEFT + 90],
    ['LIMIT', LIMIT_COLORS.node, LEFT + 220],
    ['its PostgreSQL', LIMIT_COLORS.database, LEFT + 300],
  ].flatMap(([name, color, x]) => [rectangle(x, 36, 12, 12, color), text(x + 18, 46, name)]);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" rx="6" fill="#ffffff"/>
${text(16, 22, `Milliseconds of processor for one request · ${date} · ${machine}`)}
${[...legend, ...rows].join('\n')}
</svg>
`;
}

function bar({ cpu, databaseCpu }, y, { node, database }, scale) {
  const total = cpu + databaseCpu;
  return [
    rectangle(LEFT, y, cpu * scale, BAR, node),
    rectangle(LEFT + cpu * scale, y, databaseCpu * scale, BAR, database),
    text(LEFT + total * scale + 6, y + BAR - 2, total.toFixed(2)),
  ];
}

function rectangle(x, y, width, height, fill) {
  return `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${height}" fill="${fill}"/>`;
}

function text(x, y, content, anchor = 'start') {
  const escaped = content.replace(/[&<>]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[one]);
  return `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}" fill="#212529">${escaped}</text>`;
}
