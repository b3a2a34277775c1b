import type { Clock } from '../../../clock.ts'
import type { Administration } from '../../../pim/administration/administration.ts'
import { createGiving } from '../../../pim/administration/giving.ts'
import { giveForm } from '../../administration/give-model.ts'
import { orderReply } from '../../administration/order-reply.ts'
import { previewModel } from '../../administration/preview-model.ts'
import { type Controller, view } from '../../page.ts'

/** Shows what a form would do, and does it when the person says so. */
export default (needs: { clock: Clock; administration: Administration }): Controller => {
  const giving = createGiving(needs)
  return async ({ who, form, reference }) => {
    const answer = await giving.give(who, form)
    if (answer.kind === 'ordered') return orderReply(answer.answer)
    if (answer.kind === 'preview') {
      const look = answer.isNobodyChosen ? { status: 422 } : {}
      return view('people/give-preview', 'Give access?', previewModel(answer, needs.clock()), {
        ...look,
        isWide: answer.lines.length > 1,
      })
    }
    const isWrong = answer.problem !== undefined || Object.keys(answer.errors).length > 0
    return view('people/give', 'Give access', { form: giveForm(answer, { reference }) }, isWrong ? { status: 422 } : {})
  }
}
