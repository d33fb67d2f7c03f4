// Sessions that overlap stand beside one another: each gets a lane, and the number of lanes of its cluster.

export interface Span {
  from: number;
  to: number;
}

export interface Laned {
  lane: number;
  lanes: number;
}

/** The lanes of spans, in the order of the spans. */
export function lanes(spans: Span[]): Laned[] {
  const order = spans.map((span, at) => ({ span, at })).sort((a, b) => a.span.from - b.span.from || b.span.to - a.span.to);
  const out: Laned[] = spans.map(() => ({ lane: 0, lanes: 1 }));
  let cluster: number[] = [];
  let ends: number[] = [];
  let until = Number.NEGATIVE_INFINITY;
  const close = () => {
    for (const at of cluster) out[at] = { lane: out[at]?.lane ?? 0, lanes: ends.length };
    cluster = [];
    ends = [];
  };
  for (const { span, at } of order) {
    if (span.from >= until) close();
    const free = ends.findIndex((end) => end <= span.from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = span.to;
    out[at] = { lane, lanes: 1 };
    cluster.push(at);
    until = Math.max(until, span.to);
  }
  close();
  return out;
}
