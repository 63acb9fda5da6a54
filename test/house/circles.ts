/** Circles in a graph of imports: files that cannot be read one after the other. */

/** Each circle once, as the way around it from a first node back to it; empty where there is none. */
export function circlesIn(next: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = []
  const done = new Set<string>()
  const way: string[] = []
  const walk = (node: string): void => {
    const at = way.indexOf(node)
    if (at >= 0) circles.push([...way.slice(at), node])
    if (at >= 0 || done.has(node)) return
    way.push(node)
    for (const to of next.get(node) ?? []) walk(to)
    way.pop()
    done.add(node)
  }
  for (const node of next.keys()) walk(node)
  return circles
}
