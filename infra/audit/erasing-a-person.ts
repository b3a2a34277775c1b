import type { Ledger } from '../../src/session/ledger/ledger.ts'

type Said = { lines: string[]; exitCode: 0 | 1 }
const objectId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Erases the personal data of a person from the trail, and says what it did; with `isTrial` only what it would do. The
 * person is an object id, or a user name that stands in the trail. A user name that several people had is refused.
 */
export async function erasePerson(
  ledger: Pick<Ledger, 'idsOf' | 'countOf' | 'erase'>,
  person: string,
  { isTrial }: { isTrial: boolean },
): Promise<Said> {
  const ids = objectId.test(person) ? [person.toLowerCase()] : await ledger.idsOf(person)
  const [id, ...others] = ids
  if (id === undefined)
    return { lines: [`No record of the trail names ${person}. Nothing is to be erased.`], exitCode: 0 }
  if (others.length > 0)
    return {
      lines: [`Several people had the user name ${person}. Say which one:`, ...ids.map(each => `  ${each}`)],
      exitCode: 1,
    }
  const whom = id === person ? id : `${person} (${id})`
  const count = await ledger.countOf(id)
  if (count === 0) return { lines: [`The trail holds no personal data of ${whom} any more.`], exitCode: 0 }
  const what = `names, addresses and reasons in ${count} ${count === 1 ? 'record' : 'records'} about ${whom}`
  if (isTrial) return { lines: [`Would erase ${what}. The records stay, with object ids.`], exitCode: 0 }
  const erased = await ledger.erase(id)
  return {
    lines: [
      `To be erased: ${what}.`,
      `Erased in ${erased}. The records stay, with object ids, and verify as before. The trail says that this was done.`,
      'Backups of Redis, and its files on disk until it rewrites them, hold the data still.',
    ],
    exitCode: 0,
  }
}
