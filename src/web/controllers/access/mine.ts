import { z } from 'zod'
import { type AboutNeeds, circumstances } from '../../access/circumstances.ts'
import { myAccessModel } from '../../access/mine-model.ts'
import { partOf, type SelfService } from '../../access/part.ts'
import { type Controller, view } from '../../page.ts'

/** `again` is the index of the earlier use whose reason the form proposes. */
const queryShape = z.object({ again: z.coerce.number().int().nonnegative() })

export default (needs: AboutNeeds & SelfService): Controller => {
  const access = partOf(needs.access)
  return async visit => {
    const mine = await access.mine(visit.who)
    const shown = await visit.session.access()
    const again = queryShape.safeParse(visit.query).data?.again ?? -1
    return view('my-access', 'My access', myAccessModel({ mine, shown, again }, circumstances(visit, needs, '/')))
  }
}
