import { isOrderId, newOrderId, orderIdOf } from '../../../pim/administration/orders.ts'
import { oneLine, textIn } from '../../../pim/wish/form.ts'
import type { Services } from '../../../services.ts'
import { peoplePath } from '../../administration/people/addresses.ts'
import { commentFault, type Decided, decidedIn, decidingModel } from '../../administration/people/deciding.ts'
import { outcomePath } from '../../administration/people/outcome.ts'
import { type Controller, redirect, toEntra, view } from '../../page.ts'

/** An administrator ends somebody's access, removes a permission or keeps it, with a comment. */
export default ({ clock, people, administration }: Pick<Services, 'clock' | 'people' | 'administration'>): Controller =>
  async ({ path, form, who }) => {
    const decided = await decidedIn(people, { path, given: form, who, even: 'new' })
    if (!decided) return redirect(peoplePath, { notice: { tone: 'attention', text: 'That is not there any more.' } })
    const comment = oneLine(textIn(form, 'comment'))
    const given = textIn(form, 'form')
    const error = commentFault(comment)
    if (error) {
      const model = decidingModel(decided, {
        form: isOrderId(given) ? given : newOrderId(),
        now: clock(),
        comment,
        error,
      })
      return view('people/decide', model.heading, model, { status: 422 })
    }
    const { act, gate } = decided
    if (act === 'keep') {
      await people.keep(who, { gate, subject: subjectOf(decided), comment })
      return redirect(`${peoplePath}?show=can`, { notice: `${nameOf(decided)} keeps the permission.` })
    }
    const kind = act === 'end' ? 'active' : 'eligible'
    // A page that was left open may be sent once more, about access that was turned on again since: that is another act.
    const id = orderIdOf(given, [act, gate, decided.id, comment, decided.period?.from])
    const lines = [{ ...lineOf(decided), what: 'remove' as const }]
    const answer = await administration.order(who, { id, gate, kind, reason: comment, people: lines })
    return answer.kind === 'step-up'
      ? toEntra({ returnTo: outcomePath(id), order: id, claims: answer.claims })
      : redirect(outcomePath(id))
  }

const nameOf = ({ id, name = id }: Decided) => name
const subjectOf = ({ id, name, username }: Decided) => ({ objectId: id, name, username })
const lineOf = (decided: Decided) => ({
  objectId: decided.id,
  name: nameOf(decided),
  username: decided.username ?? '',
})
