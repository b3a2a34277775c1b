import { z } from 'zod'
import { Problem } from '../../errors.ts'
import type { Services } from '../../services.ts'
import { type Controller, view } from '../page.ts'
import { formPathIn, sendingAddress } from './path.ts'

const queryShape = z.object({ draft: z.string() })

/** Shows a kept form until it is sent. Only its sender can send it, by pressing the button. */
export default ({ drafts }: Pick<Services, 'drafts'>): Controller =>
  async ({ person, path: shownAt, query }) => {
    const path = formPathIn(shownAt) ?? shownAt
    const id = queryShape.safeParse(query).data?.draft ?? ''
    const fields = await drafts.look({ person, path }, id)
    // A form that was never there, was sent, is too old, or is somebody else's: they all look the same.
    if (!fields) throw new Problem('form-not-kept')
    const shown = fields.map(([name, value]) => ({ name, label: labelOf(name), value }))
    const model = { to: sendingAddress(path, id), fields: shown }
    return view('kept-form', 'Send what you typed?', model, { isUnfinished: true })
  }

/** A field's name as people read it: `costCentre` and `cost_centre` are "Cost centre". */
function labelOf(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[-_]+/g, ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
