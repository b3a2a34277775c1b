import { createObjects } from './objects.ts'

export type Links = ReturnType<typeof createLinks>

type Link = { id: string; holder: string; held: string }

/** Links between objects, such as from a group to its owners, by object ids. Graph's reads of them lag like others. */
export function createLinks(parts: Parameters<typeof createObjects>[0]) {
  const links = createObjects<Link>(parts)
  const idOf = (holder: string, held: string) => `${holder} ${held}`.toLowerCase()

  return {
    has: (holder: string, held: string): boolean => links.now(idOf(holder, held)) !== undefined,
    add: (holder: string, held: string) => void links.put(link(holder, held)),
    remove: (holder: string, held: string) => links.remove(idOf(holder, held)),
    /** What the object truly holds, oldest first. */
    heldBy: (holder: string): string[] => all(links.all(), holder),
    /** The same as Graph shows it. */
    shownOf: (holder: string): string[] => all(links.shown(), holder),
    /** Who truly holds the object. */
    holdersOf: (held: string): string[] =>
      links.all().flatMap(each => (each.held === held.toLowerCase() ? [each.holder] : [])),
    shownHoldersOf: (held: string): string[] =>
      links.shown().flatMap(each => (each.held === held.toLowerCase() ? [each.holder] : [])),
    reset: () => links.reset(),
  }

  function link(holder: string, held: string): Link {
    return { id: idOf(holder, held), holder: holder.toLowerCase(), held: held.toLowerCase() }
  }

  function all(found: Link[], holder: string): string[] {
    return found.flatMap(each => (each.holder === holder.toLowerCase() ? [each.held] : []))
  }
}
