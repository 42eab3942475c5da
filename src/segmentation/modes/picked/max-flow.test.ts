import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MaxFlow } from './max-flow.ts';

interface Graph {
  readonly terminals: readonly (readonly [number, number])[];
  readonly edges: readonly (readonly [number, number, number])[];
}

function cost({ terminals, edges }: Graph, isSource: (i: number) => boolean): number {
  let sum = 0;
  for (const [i, [source, sink]] of terminals.entries()) sum += isSource(i) ? sink : source;
  for (const [i, j, weight] of edges) if (isSource(i) !== isSource(j)) sum += weight;
  return sum;
}

function cheapest(graph: Graph): number {
  let best = Number.POSITIVE_INFINITY;
  for (let bits = 0; bits < 1 << graph.terminals.length; bits++) {
    best = Math.min(
      best,
      cost(graph, (i) => ((bits >> i) & 1) === 1),
    );
  }
  return best;
}

function solve({ terminals, edges }: Graph): MaxFlow {
  const flow = new MaxFlow(terminals.length, edges.length);
  for (const [i, [source, sink]] of terminals.entries()) flow.connect(i, source, sink);
  for (const [i, j, weight] of edges) flow.link(i, j, weight);
  flow.run();
  return flow;
}

describe('MaxFlow', () => {
  it('finds a cut as cheap as the cheapest of all, on any small graph', () => {
    const weight = fc.integer({ min: 0, max: 9 });
    const graph = fc.integer({ min: 2, max: 9 }).chain((n) => {
      const node = fc.integer({ min: 0, max: n - 1 });
      return fc.record({
        terminals: fc.array(fc.tuple(weight, weight), { minLength: n, maxLength: n }),
        edges: fc.array(
          fc.tuple(node, node, weight).filter(([i, j]) => i !== j),
          { maxLength: 24 },
        ),
      });
    });
    fc.assert(
      fc.property(graph, (each) => {
        const flow = solve(each);
        expect(cost(each, (i) => flow.isSource(i))).toBe(cheapest(each));
      }),
      { numRuns: 1000 },
    );
  });

  it('cuts a grid of ten thousand nodes where it is thinnest', () => {
    const side = 100;
    const flow = new MaxFlow(side * side, 2 * side * side);
    for (let y = 0, i = 0; y < side; y++) {
      for (let x = 0; x < side; x++, i++) {
        flow.connect(i, x === 0 ? 1e6 : 0, x === side - 1 ? 1e6 : 0);
        if (x < side - 1) flow.link(i, i + 1, x === 41 ? 0.5 : 1);
        if (y < side - 1) flow.link(i, i + side, 1);
      }
    }
    flow.run();
    for (let i = 0; i < side * side; i++) expect(flow.isSource(i)).toBe(i % side <= 41);
  });
});
