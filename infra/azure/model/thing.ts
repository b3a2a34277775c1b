import type { Known } from './known.ts'

/**
 * One object of the tenant, or one side of it: what a plan shows as a line, and an apply writes in one go.
 *
 * Values hold only what tenant.json speaks about, with names in place of ids, because people read them. They are plain
 * JSON. An object that already is as `after` says is left alone.
 */
export type Thing = {
  /** What a plan calls it, e.g. `group Payments administrators`. Each thing has a name of its own. */
  object: string
  /** What stands in the tenant; undefined where it does not exist, or belongs to something that does not. Writes nothing. */
  read(known: Known): Promise<unknown>
  /** How it is to be. Whatever of `before` was not asked for stays in it, so that nothing is taken away. */
  after(known: Known, before: unknown): unknown
  /** Makes it so. May be called again after an interruption at any point. Does not wait until reads show it. */
  write(known: Known, before: unknown): Promise<void>
  /** What stands there beside what was asked for, and is left alone: a sentence each. */
  leaves?(known: Known, before: unknown): readonly string[]
}
