/** How often a second `work` can be done, one after the other, after a short warm-up. */
export async function perSecond(work: () => Promise<unknown> | unknown, seconds = 2): Promise<number> {
  const warm = performance.now()
  while (performance.now() - warm < 200) await work()
  const start = performance.now()
  let count = 0
  while (performance.now() - start < seconds * 1000) {
    await work()
    count++
  }
  return (count * 1000) / (performance.now() - start)
}
