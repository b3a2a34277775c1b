import { Stop } from '../commands/command.ts'
import { exits } from '../exits.ts'

/** Whether a name in tenant.json is an object id. */
export const isObjectId = (name: string): boolean => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(name)

/** The condition that a property has this text, for `$filter`. */
export const filterFor = (property: string, text: string): string =>
  `$filter=${encodeURIComponent(`${property} eq '${text.replaceAll("'", "''")}'`)}`

/** The only one of these objects. Throws Stop where the name means several. */
export function onlyOne<Row>(rows: readonly Row[], what: string, name: string): Row | undefined {
  if (rows.length < 2) return rows[0]
  throw new Stop(
    exits.failed,
    `There are ${rows.length} ${what} called "${name}". Write the object id of the one that is meant into tenant.json.`,
  )
}

/** What tenant.json calls the object with this id; the id itself where it does not speak of it. */
export const nameOf = (names: ReadonlyMap<string, string>, id: string): string =>
  [...names].find(([, known]) => known.toLowerCase() === id.toLowerCase())?.[0] ?? id

/** Notes the id of an object. Throws Stop where another name leads to it, too: then a plan could not say which one it means. */
export function noteId(names: Map<string, string>, name: string, id: string): void {
  const other = [...names].find(([each, known]) => each !== name && known.toLowerCase() === id.toLowerCase())
  if (other)
    throw new Stop(
      exits.failed,
      `"${other[0]}" and "${name}" in tenant.json are the same object (${id}). Write one of the two everywhere.`,
    )
  names.set(name, id)
}

/** The id of an object that is known by now. Throws Stop where it is not, because something before it went wrong. */
export function idOf(names: ReadonlyMap<string, string>, name: string): string {
  const id = names.get(name)
  if (id === undefined) throw new Stop(exits.failed, `"${name}" does not exist yet. Run apply again.`)
  return id
}

/** These texts, each once, in the order in which they came. */
export const together = (...lists: (readonly string[])[]): string[] => [...new Set(lists.flat())]
