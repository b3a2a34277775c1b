import { exits } from '../exits.ts'
import type { Surroundings } from '../surroundings.ts'
import { lineOfFault } from '../wish/fault.ts'
import { readWish } from '../wish/read-wish.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'
import { Stop } from './command.ts'

/** Reads the wish in a file, and tells what is doubtful in it. Throws Stop with all its faults. */
export async function wishIn(path: string, { readText, clock, tell }: Surroundings): Promise<TenantWish> {
  const text = await readText(path).catch((cause: { code?: string }) => {
    const why =
      cause.code === 'ENOENT'
        ? 'it does not exist. `npm run setup --silent -- example > tenant.json` makes a first one'
        : cause.code
    throw new Stop(exits.configuration, `${path} cannot be read: ${why}.`)
  })
  const read = readWish(text, clock())
  if ('faults' in read) throw new Stop(exits.configuration, read.faults.map(lineOfFault).join('\n'))
  for (const warning of read.warnings) tell(`Note: ${warning}`)
  return read.wish
}
