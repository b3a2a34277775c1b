import { randomUUID } from 'node:crypto'
import { erasureCompleted, erasureRequested } from '../../audit/about-itself.ts'
import type { Append, AuditedPerson, AuditRecordRead } from '../../audit/trail.ts'
import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import type { KeptRecord, TrailReading } from './reading.ts'
import type { TrailKeys } from './trail-keys.ts'

const pageSize = 500

/**
 * Erases personal data. Names, addresses and reasons of all records that are about a person go; the records stay, and the tree
 * over them verifies as before. Throws Problem('redis-away'); an erasure that was broken off is finished by the next one.
 */
export function createErasing({
  redis,
  keys,
  reading,
  append,
  carryOver,
}: {
  redis: Redis
  keys: TrailKeys
  reading: TrailReading
  append: Append
  /** Carries over what stands in the stream of the releases before. Returns how many there were. */
  carryOver: () => Promise<number>
}) {
  async function* pages(): AsyncGenerator<KeptRecord[]> {
    const size = await reading.size()
    for (let from = 0; from < size; ) {
      const found = await reading.read({ from, to: size }, { count: pageSize })
      if (found.length === 0) return
      yield found
      from = (found.at(-1)?.seq ?? size) + 1
    }
  }

  const numbersIn = (page: KeptRecord[], objectId: string) =>
    page.flatMap(({ seq, record, personal }) =>
      personal !== null && peopleIn(record).some(person => person.objectId === objectId) ? [String(seq)] : [],
    )

  return {
    /** The object ids of those who had this user name in a record of which the names are still there. */
    async idsOf(username: string): Promise<string[]> {
      while ((await carryOver()) > 0);
      const found = new Set<string>()
      const isNamed = (person: AuditedPerson) => person.username?.toLowerCase() === username.toLowerCase()
      for await (const page of pages())
        for (const { record } of page)
          for (const person of peopleIn(record)) if (isNamed(person)) found.add(person.objectId)
      return [...found]
    },

    /** How many records of a person have a personal part still. */
    async countOf(objectId: string): Promise<number> {
      while ((await carryOver()) > 0);
      let count = 0
      for await (const page of pages()) count += numbersIn(page, objectId).length
      return count
    },

    /**
     * Erases the personal parts of all records about this person: as the one who acted, the one it was about, or the one who
     * decided. What the part says of others in the same record goes with it. Returns how many there were. Where there were
     * any, that is recorded before and after.
     */
    async erase(objectId: string): Promise<number> {
      if ((await this.countOf(objectId)) === 0) return 0
      const act = randomUUID()
      await append(erasureRequested({ act, subject: objectId }))
      let records = 0
      for await (const page of pages()) {
        const numbers = numbersIn(page, objectId)
        if (numbers.length > 0) records += await ask(redis.hdel(keys.personal, ...numbers))
      }
      await append(erasureCompleted({ act, subject: objectId, records }))
      return records
    },
  }
}

/** The people of whom a record tells. */
const peopleIn = ({ actor, subject, by }: AuditRecordRead): AuditedPerson[] =>
  [actor, subject, by].filter(person => person !== undefined && person !== null)
