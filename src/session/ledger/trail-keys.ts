/** The keys of the trail of an installation. All have one hash tag: a cluster keeps them on one node, so one script may use them together. */
export type TrailKeys = ReturnType<typeof trailKeys>

/** `mark`: that of the application, so that two installations on one Redis have a trail each. */
export function trailKeys({ prefix, mark }: { prefix: string; mark: string }) {
  const base = `${prefix}{trail:${mark}}:`
  return {
    /** The stream. The record `seq` has the id `(seq + 1)-0`, and its bytes are in the field `record`. */
    records: `${base}records`,
    /** A hash: by `seq`, the salt and the personal part of a record. */
    personal: `${base}personal`,
    /** The next number. The stream says it too; the higher of both counts. */
    head: `${base}head`,
    /** The number of the record that the webhook sends next. */
    webhook: `${base}webhook`,
    /** The head of the tree, with the newest checkpoint. */
    tree: `${base}tree`,
    /** The tree over the records whose contents were dropped. */
    cut: `${base}cut`,
    /** The id of the last entry that was carried over from the stream of the releases before. */
    carried: `${base}carried`,
    /** The hashes of a full tile. */
    tile: (level: number, index: number) => `${base}tile:${level}:${index}`,
    /** The stream of the releases before, which all installations with this prefix share. */
    former: `${prefix}audit`,
  }
}
