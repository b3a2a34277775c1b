import type { Instant, Range } from '../shell/instant.ts'

/** How things stand, told by a sign and a word: colour is never the only sign. */
export type Tone = 'on' | 'off' | 'waiting' | 'attention' | 'plain'

/**
 * What stands in a cell of a table, or beside a term of a list of facts. A text is shown as text, whatever is in it. Several
 * cells stand below one another. `view` names a partial in views/partials, for everything else.
 */
export type Cell =
  | string
  | undefined
  | { at: Instant }
  | Range
  | { link: string; href: string }
  | { badge: string; tone: Tone }
  | { code: string }
  | { soft: string }
  | { quote: string }
  | { view: string; model: object }
  | readonly Cell[]
