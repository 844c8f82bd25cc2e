/** Media positions in milliseconds, half-open. */
export type Range = [from: number, to: number]

/**
 * Turns samples of the playhead into played ranges. Samples come from a timer, since WeChat's players drop and repeat
 * `seeking` and `timeupdate`: between two samples a position counts as played when it moved forward no further than
 * playing could have taken it; a jump starts a new range.
 */
export class PlayedRanges {
  private ranges: Range[] = []
  private last: { positionMs: number, atMs: number } | null = null

  /** @param atMs A monotonic clock. @param rate The playback rate. */
  sample(positionMs: number, atMs: number, rate: number): void {
    const { last } = this
    this.last = { positionMs, atMs }
    if (!last) return
    const moved = positionMs - last.positionMs
    const possible = (atMs - last.atMs) * rate * 1.1 + 300
    if (moved <= 0 || moved > possible) return
    const open = this.ranges.at(-1)
    if (open && open[1] === last.positionMs) open[1] = positionMs
    else this.ranges.push([last.positionMs, positionMs])
  }

  /** Forgets the last position: after a pause or a seek nothing in between was played. */
  interrupt(): void {
    this.last = null
  }

  /** Hands over what was played since the last call. */
  take(): Range[] {
    const taken = this.ranges.map(([from, to]): Range => [Math.round(from), Math.round(to)]).filter(([from, to]) => to > from)
    this.ranges = []
    return taken
  }
}
