import { nothingKnown } from '../model/known.ts'
import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import { findRegistration, type Registration } from './find-registration.ts'
import type { GraphItself, ReadItself } from './graph-itself.ts'
import { otherCredentials } from './other-credentials.ts'
import { registrationBody } from './registration-body.ts'
import { beside, type RegistrationView, viewOf, wishedView, withWish } from './registration-view.ts'

/** The app registration: addresses, claims, app roles, and the permissions that it declares. */
export function registrationThing(given: Given, readItself: ReadItself): Thing {
  const { graph, wish } = given
  const wished = wishedView(wish)
  let others: readonly string[] = []
  return {
    object: `registration ${wish.name}`,
    async read(known) {
      const [itself, found] = [await readItself(known), await findRegistration(given, known)]
      others = found ? otherCredentials(found, given) : []
      return found && viewOf(found, itself)
    },
    after: (_known, before) => withWish(before as RegistrationView | undefined, wished),
    async write(known, before) {
      const itself = await readItself(known)
      const after = withWish(before as RegistrationView | undefined, wished)
      const found = await findRegistration(given, known)
      if (found) await graph.patch(`/applications/${found.id}`, registrationBody(after, itself, found))
      else known.application = await create(after, itself)
    },
    leaves: (_known, before) => [...beside(before as RegistrationView, wished), ...others],
  }

  async function create(view: RegistrationView, itself: GraphItself) {
    const { id, appId } = await graph.create<Registration>({
      path: '/applications',
      body: registrationBody(view, itself),
      find: () => findRegistration(given, nothingKnown()),
      isUnique: true,
    })
    return { id, appId }
  }
}
