import { z } from 'zod'
import { type Controller, redirect } from '../page.ts'

/** `which` is the handle of one session, `others` or `all`. An unknown handle ends no session. */
const formShape = z.object({ which: z.union([z.enum(['others', 'all']), z.string().regex(/^[\w-]{22}$/)]) })

export default (): Controller =>
  async ({ form, session, person, log }) => {
    const which = formShape.safeParse(form).data?.which
    if (which === undefined) return redirect('/sessions')
    const thisOne = (await session.own()).find(({ isThisOne }) => isThisOne)?.handle
    await session.end(which)
    log.info({
      event: 'sessions-ended',
      oid: person.objectId,
      which: which === 'all' || which === 'others' ? which : 'one',
    })
    return redirect(which === 'all' || which === thisOne ? '/auth/signed-out' : '/sessions')
  }
