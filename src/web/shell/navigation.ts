import type { Config } from '../../config/load.ts'
import { gatesOf } from '../../gate/decide.ts'
import type { Nav, Page } from '../page.ts'

/** Items of the administration stand apart from those that are about the person's own access. */
export type NavItem = { href: string; label: string; isCurrent: boolean; isAdministration?: boolean }

/**
 * The items for a person on one page. `isIn` tells at which gates they are in. `path` is the path of that page's line in the table; a page without a line (bad
 * news, a form that was kept) belongs to no item.
 */
export type Navigation = (seen: { isIn: (gate: string) => boolean; path?: string }) => NavItem[]

/**
 * The navigation: each page whose line has a word for it (`nav`), in the order of the table. People see the items of
 * those pages only that would let them in.
 */
export function createNavigation(table: readonly Page[], config: Pick<Config, 'pim'>): Navigation {
  const items = table.flatMap(({ path, nav, part, requirement }) =>
    nav === undefined
      ? []
      : [
          {
            href: path,
            label: wordFor(nav, config),
            requirement,
            ...(part === 'administration' && { isAdministration: true }),
          },
        ],
  )
  return ({ isIn, path }) => {
    const open = items.filter(
      ({ requirement }) => requirement.audience === 'signed-in' || gatesOf(requirement).some(isIn),
    )
    const current = path === undefined ? undefined : itemAbove(open, path)
    return open.map(({ requirement: _asked, ...item }) => ({ ...item, isCurrent: item.href === current?.href }))
  }
}

const wordFor = (nav: Nav, { pim }: Pick<Config, 'pim'>) =>
  typeof nav === 'string' ? nav : pim.selfService ? nav.withSelfService : nav.label

/** A page belongs to the item that it lies below: `/access/end` to `/access`. Where items lie below one another, the last of them counts. */
const itemAbove = <Item extends { href: string }>(items: readonly Item[], path: string): Item | undefined =>
  items
    .filter(({ href }) => path === href || path.startsWith(`${href}/`))
    .sort((one, other) => other.href.length - one.href.length)[0]
