interface Bar {
  label: string;
  up: number;
  /** Drawn below the line. */
  down?: number;
}

const WIDTH = 720;
const HEIGHT = 200;
const AXIS = 22;

/** Bars by day. A picture with a sentence for those who do not see it; the exact figures stand in a table beside it. */
export function Bars({ summary, bars }: { summary: string; bars: Bar[] }) {
  const most = Math.max(1, ...bars.map(({ up }) => up));
  const least = Math.max(0, ...bars.map(({ down }) => down ?? 0));
  const perUnit = (HEIGHT - AXIS) / (most + least);
  const base = most * perUnit;
  const step = WIDTH / Math.max(1, bars.length);
  // As many labels as fit beside one another.
  const every = Math.max(1, Math.ceil(bars.length / 10));
  return (
    <svg className="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={summary}>
      {bars.map(({ label, up, down = 0 }, index) => (
        <g key={label}>
          <rect
            className="bar"
            x={index * step + step * 0.15}
            width={step * 0.7}
            y={base - up * perUnit}
            height={up * perUnit}
            rx={Math.min(3, step * 0.2)}
          />
          {down > 0 && (
            <rect
              className="bar back"
              x={index * step + step * 0.15}
              width={step * 0.7}
              y={base}
              height={down * perUnit}
              rx={Math.min(3, step * 0.2)}
            />
          )}
          {index % every === 0 && (
            <text
              data-spare={(index / every) % 3 !== 0 || undefined}
              x={index * step + step / 2}
              y={HEIGHT - 4}
              textAnchor="middle"
            >
              {label.slice(5).replace('-', '.')}
            </text>
          )}
        </g>
      ))}
      <line className="base" x1={0} x2={WIDTH} y1={base} y2={base} />
    </svg>
  );
}

/** One bar per name, longest first. */
export function Meters({ rows }: { rows: { name: string; count: number; said: string }[] }) {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <ul className="meters">
      {rows.map(({ name, count, said }) => (
        <li key={name}>
          <code>{name}</code>
          <strong>{said}</strong>
          <svg className="track" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect width="100" height="4" rx="2" />
            <rect width={(count / most) * 100} height="4" rx="2" />
          </svg>
        </li>
      ))}
    </ul>
  );
}
