interface Bar {
  label: string;
  value: number;
  /** Drawn below the line. */
  negative?: number;
}

const WIDTH = 720;
const HEIGHT = 200;
const AXIS = 22;
const MAX_LABELS = 10;

/** Bars by day. The summary is for screen readers. The exact figures are in a table beside the chart. */
export function BarChart({ summary, bars }: { summary: string; bars: Bar[] }) {
  const max = Math.max(1, ...bars.map(({ value }) => value));
  const maxNegative = Math.max(0, ...bars.map(({ negative }) => negative ?? 0));
  const scale = (HEIGHT - AXIS) / (max + maxNegative);
  const baseline = max * scale;
  const step = WIDTH / Math.max(1, bars.length);
  const labelInterval = Math.max(1, Math.ceil(bars.length / MAX_LABELS));
  const shape = (index: number) => ({
    x: index * step + step * 0.15,
    width: step * 0.7,
    rx: Math.min(3, step * 0.2),
  });
  return (
    <svg className="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={summary}>
      {bars.map(({ label, value, negative = 0 }, index) => (
        <g key={label}>
          <rect className="bar" {...shape(index)} y={baseline - value * scale} height={value * scale} />
          {negative > 0 && <rect className="bar negative" {...shape(index)} y={baseline} height={negative * scale} />}
          {index % labelInterval === 0 && (
            <text
              data-spare={(index / labelInterval) % 3 !== 0 || undefined}
              x={index * step + step / 2}
              y={HEIGHT - 4}
              textAnchor="middle"
            >
              {label.slice(5).replace('-', '.')}
            </text>
          )}
        </g>
      ))}
      <line className="base" x1={0} x2={WIDTH} y1={baseline} y2={baseline} />
    </svg>
  );
}

interface Row {
  name: string;
  count: number;
  label: string;
}

/** One horizontal bar per name. */
export function HorizontalBars({ rows }: { rows: Row[] }) {
  const max = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <ul className="horizontal-bars">
      {rows.map(({ name, count, label }) => (
        <li key={name}>
          <code>{name}</code>
          <strong>{label}</strong>
          <svg className="track" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect width="100" height="4" rx="2" />
            <rect width={(count / max) * 100} height="4" rx="2" />
          </svg>
        </li>
      ))}
    </ul>
  );
}
