/** What a node's tree is attached to: its arc to the parent, or one of these. */
const NONE = -1;
const TERMINAL = -2;
const ORPHAN = -3;

/**
 * Minimum cut between a source and a sink, by two search trees that grow until they meet, push flow, and mend what
 * broke (Boykov and Kolmogorov, "An Experimental Comparison of Min-Cut/Max-Flow Algorithms for Energy Minimization in
 * Vision", PAMI 2004, sections 3.1 to 3.3, with the distance marks of section 3.4 left out: graphs here have some ten
 * thousand nodes).
 */
export class MaxFlow {
  /**
   * Per arc: where it leads, what it can still carry, the next one from the same node. Arc `a` runs against `a ^ 1`.
   */
  readonly #head: Int32Array;
  readonly #capacity: Float32Array;
  readonly #next: Int32Array;
  readonly #first: Int32Array;
  /** What is left from the source (positive) or to the sink (negative). */
  readonly #terminal: Float32Array;
  /** 1 source's tree, 2 sink's tree, 0 free. */
  readonly #tree: Uint8Array;
  readonly #parent: Int32Array;
  readonly #active: Int32Array;
  readonly #isActive: Uint8Array;
  readonly #orphans: number[] = [];
  #arcs = 0;
  #firstActive = 0;
  #actives = 0;

  /** @param edges so many at most */
  constructor(nodes: number, edges: number) {
    this.#head = new Int32Array(2 * edges);
    this.#capacity = new Float32Array(2 * edges);
    this.#next = new Int32Array(2 * edges);
    this.#first = new Int32Array(nodes).fill(NONE);
    this.#terminal = new Float32Array(nodes);
    this.#tree = new Uint8Array(nodes);
    this.#parent = new Int32Array(nodes).fill(NONE);
    this.#active = new Int32Array(nodes);
    this.#isActive = new Uint8Array(nodes);
  }

  /** What it costs to cut node `i` off the source, and off the sink; only the difference matters to the cut. */
  connect(i: number, source: number, sink: number): void {
    this.#terminal[i] = source - sink;
  }

  /** What it costs to part `i` and `j`. */
  link(i: number, j: number, cost: number): void {
    this.#arc(i, j, cost);
    this.#arc(j, i, cost);
  }

  /** Cuts; {@link isSource} then answers. */
  run(): void {
    for (let i = 0; i < this.#terminal.length; i++) {
      if (this.#terminal[i] === 0) continue;
      this.#tree[i] = this.#terminal[i]! > 0 ? 1 : 2;
      this.#parent[i] = TERMINAL;
      this.#activate(i);
    }
    for (let arc = this.#grow(); arc !== NONE; arc = this.#grow()) {
      this.#augment(arc);
      while (this.#orphans.length > 0) this.#adopt(this.#orphans.pop()!);
    }
  }

  /** Whether node `i` stays with the source. */
  isSource(i: number): boolean {
    return this.#tree[i] === 1;
  }

  #arc(from: number, to: number, capacity: number): void {
    const a = this.#arcs++;
    this.#head[a] = to;
    this.#capacity[a] = capacity;
    this.#next[a] = this.#first[from]!;
    this.#first[from] = a;
  }

  #activate(i: number): void {
    if (this.#isActive[i]) return;
    this.#isActive[i] = 1;
    this.#active[(this.#firstActive + this.#actives++) % this.#active.length] = i;
  }

  /** What arc `a`, which leads away from a node of `tree`, can carry from source towards sink. */
  #open(a: number, tree: number): boolean {
    return this.#capacity[tree === 1 ? a : a ^ 1]! > 0;
  }

  /** @returns an arc from the source's tree to the sink's, or {@link NONE} when the trees can no longer meet */
  #grow(): number {
    while (this.#actives > 0) {
      const i = this.#active[this.#firstActive]!;
      const tree = this.#tree[i]!;
      for (let a = tree ? this.#first[i]! : NONE; a !== NONE; a = this.#next[a]!) {
        if (!this.#open(a, tree)) continue;
        const k = this.#head[a]!;
        if (this.#tree[k] === 0) {
          this.#tree[k] = tree;
          this.#parent[k] = a ^ 1;
          this.#activate(k);
        } else if (this.#tree[k] !== tree) return tree === 1 ? a : a ^ 1;
      }
      this.#isActive[i] = 0;
      this.#firstActive = (this.#firstActive + 1) % this.#active.length;
      this.#actives--;
    }
    return NONE;
  }

  #augment(bridge: number): void {
    const from = this.#head[bridge ^ 1]!;
    const to = this.#head[bridge]!;
    let flow = this.#capacity[bridge]!;
    // A parent arc leads from child to parent: in the source's tree the flow runs against it, in the sink's along it.
    let i = from;
    for (let a = this.#parent[i]!; a !== TERMINAL; a = this.#parent[i]!) {
      flow = Math.min(flow, this.#capacity[a ^ 1]!);
      i = this.#head[a]!;
    }
    flow = Math.min(flow, this.#terminal[i]!);
    i = to;
    for (let a = this.#parent[i]!; a !== TERMINAL; a = this.#parent[i]!) {
      flow = Math.min(flow, this.#capacity[a]!);
      i = this.#head[a]!;
    }
    flow = Math.min(flow, -this.#terminal[i]!);

    this.#push(bridge, flow);
    i = from;
    for (let a = this.#parent[i]!; a !== TERMINAL; a = this.#parent[i]!) {
      this.#push(a ^ 1, flow);
      if (this.#capacity[a ^ 1] === 0) this.#orphan(i);
      i = this.#head[a]!;
    }
    this.#terminal[i]! -= flow;
    if (this.#terminal[i] === 0) this.#orphan(i);
    i = to;
    for (let a = this.#parent[i]!; a !== TERMINAL; a = this.#parent[i]!) {
      this.#push(a, flow);
      if (this.#capacity[a] === 0) this.#orphan(i);
      i = this.#head[a]!;
    }
    this.#terminal[i]! += flow;
    if (this.#terminal[i] === 0) this.#orphan(i);
  }

  #push(a: number, flow: number): void {
    this.#capacity[a]! -= flow;
    this.#capacity[a ^ 1]! += flow;
  }

  #orphan(i: number): void {
    this.#parent[i] = ORPHAN;
    this.#orphans.push(i);
  }

  #adopt(i: number): void {
    const tree = this.#tree[i]!;
    for (let a = this.#first[i]!; a !== NONE; a = this.#next[a]!) {
      const k = this.#head[a]!;
      if (this.#tree[k] !== tree || !this.#open(a ^ 1, tree) || !this.#isRooted(k)) continue;
      this.#parent[i] = a;
      return;
    }
    for (let a = this.#first[i]!; a !== NONE; a = this.#next[a]!) {
      const k = this.#head[a]!;
      if (this.#tree[k] !== tree) continue;
      if (this.#open(a ^ 1, tree)) this.#activate(k);
      const up = this.#parent[k]!;
      if (up >= 0 && this.#head[up] === i) this.#orphan(k);
    }
    this.#tree[i] = 0;
    this.#parent[i] = NONE;
  }

  #isRooted(i: number): boolean {
    let at = i;
    while (this.#parent[at]! >= 0) at = this.#head[this.#parent[at]!]!;
    return this.#parent[at] === TERMINAL;
  }
}
