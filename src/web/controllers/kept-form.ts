import { z } from 'zod'
import { Problem } from '../../errors.ts'
import type { Services } from '../../services.ts'
import { ownerPath } from '../keep-form.ts'
import { type Controller, view } from '../page.ts'

const queryShape = z.object({ draft: z.string() })

/** Shows a kept form once; only its sender can send it, by pressing the button. */
export default ({ drafts }: Pick<Services, 'drafts'>): Controller =>
  async ({ person, path, query }) => {
    const to = ownerPath(path)
    const fields = await drafts.take({ person, path: to }, queryShape.safeParse(query).data?.draft ?? '')
    // Never there, shown already, too old, or not this person's: they all look the same.
    if (!fields) throw new Problem('form-not-kept')
    return view('kept-form', 'Send what you typed?', { to, fields: fields.map(([name, value]) => ({ name, value })) })
  }
