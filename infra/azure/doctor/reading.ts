import type { Surroundings } from '../surroundings.ts'
import { lineOfFault } from '../wish/fault.ts'
import { readWish } from '../wish/read-wish.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'
import { CannotBegin } from './asked.ts'

const usualFile = 'tenant.json'

/** The text of a file that somebody named. Throws CannotBegin(64) where it cannot be read. */
export const readGiven = (path: string, readText: Surroundings['readText']): Promise<string> =>
  readText(path).catch((cause: { code?: string }) => {
    const why = { ENOENT: 'it does not exist', EISDIR: 'it is a folder', EACCES: 'you may not read it' }[
      cause.code ?? ''
    ]
    throw new CannotBegin(64, [`${path} cannot be read: ${why ?? cause.code}.`])
  })

/** What tenant.json wishes; undefined where none is named and none is here. Throws CannotBegin: 64 unreadable, 78 at fault. */
export async function givenWish(
  file: string | undefined,
  { readText, clock }: Pick<Surroundings, 'readText' | 'clock'>,
): Promise<TenantWish | undefined> {
  const text = file === undefined ? await readText(usualFile).catch(unlessThere) : await readGiven(file, readText)
  if (text === undefined) return undefined
  const read = readWish(text, clock())
  if ('faults' in read) throw new CannotBegin(78, read.faults.map(lineOfFault))
  return read.wish
}

function unlessThere(cause: { code?: string }): undefined {
  if (cause.code !== 'ENOENT') throw new CannotBegin(64, [`${usualFile} cannot be read: ${cause.code}.`])
}
