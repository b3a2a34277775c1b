export type Objects<Row extends { id: string }> = ReturnType<typeof createObjects<Row>>

type Version<Row> = { at: Date; row: Row | undefined }

/**
 * The objects of one kind that Graph keeps, such as applications. Graph is eventually consistent, so reads can lag:
 * `lagSeconds` says how far. A read shows every object as it was that long ago, and one that is newer not at all.
 */
export function createObjects<Row extends { id: string }>({
  clock,
  lagSeconds,
}: {
  clock: () => Date
  lagSeconds: () => number
}) {
  const histories = new Map<string, Version<Row>[]>()

  /** Adds an object, or puts it in the place of the one with its id. */
  function put(row: Row): Row {
    const key = row.id.toLowerCase()
    histories.set(key, [...(histories.get(key) ?? []), { at: clock(), row }])
    return row
  }

  /** Removes an object. Without it nothing changes. */
  function remove(id: string): void {
    histories.get(id.toLowerCase())?.push({ at: clock(), row: undefined })
  }

  /** The object as it truly is. */
  const now = (id: string): Row | undefined => histories.get(id.toLowerCase())?.at(-1)?.row

  /** The objects as they truly are, oldest first. The tenant's own decisions use these. */
  const all = (): Row[] => rowsOf(versions => versions.at(-1))

  /** The objects as a read of Graph shows them, oldest first. */
  const shown = (): Row[] => asOf(new Date(clock().getTime() - lagSeconds() * 1000))

  /** The objects as they were at a moment, oldest first. */
  const asOf = (at: Date): Row[] => rowsOf(versions => versions.findLast(version => version.at <= at))

  const rowsOf = (pick: (versions: Version<Row>[]) => Version<Row> | undefined): Row[] =>
    [...histories.values()].flatMap(versions => pick(versions)?.row ?? [])

  /** Forgets everything, and begins with these objects, which every read shows at once. */
  function reset(seeds: readonly Row[] = []): void {
    histories.clear()
    for (const row of seeds) histories.set(row.id.toLowerCase(), [{ at: new Date(0), row }])
  }

  return { put, remove, now, all, shown, asOf, reset }
}
