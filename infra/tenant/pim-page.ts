import { type ErrorRequestHandler, Router, urlencoded } from 'express'
import { sendPage } from './page.ts'
import { people } from './people.ts'
import { sameSiteOnly } from './same-site.ts'
import type { Controls, TenantState } from './state.ts'
import { turn } from './switches.ts'

/** The page on which a developer plays the PIM administrator. Every act answers with a redirect back to the page. */
export function pimPages(state: TenantState, { reset }: Controls): Router {
  const router = Router()
  const act = (path: string, action: (form: Record<string, string>) => void): Router =>
    router.post(path, (request, response) => {
      action(request.body ?? {})
      response.redirect(303, '/pim')
    })
  router.use(sameSiteOnly, urlencoded({ extended: false }))
  router.get('/', (_request, response) => sendPage(response, 'pim', model(state)))
  act('/assign', ({ person = '', minutes, reason = '' }) =>
    state.memberships.assign(person, { minutes: Number(minutes), reason }),
  )
  act('/end', ({ person = '', reason }) => state.memberships.end(person, reason || undefined))
  act('/switches', form => turn(state.switches, wishFrom(form)))
  act('/reset', reset)
  router.use(showProblem(state))
  return router
}

// An unticked box is not sent: its absence is the "off".
function wishFrom(form: Record<string, string>) {
  return {
    assignmentRequired: form.assignmentRequired === 'on',
    groupMembershipClaims: form.groupMembershipClaims,
    replicationLagSeconds: Number(form.replicationLagSeconds),
    frontChannel: form.frontChannel,
  }
}

function showProblem(state: TenantState): ErrorRequestHandler {
  return (error, _request, response, _next) =>
    void sendPage(response.status(400), 'pim', { ...model(state), problem: (error as Error).message })
}

function model(state: TenantState) {
  const { memberships, switches } = state
  return {
    title: 'Who has access',
    problem: undefined as string | undefined,
    switches,
    people: people.map(person => ({ ...person, until: worded(memberships.activeUntil(person.key)) })),
    mails: memberships.mails.map(mail => ({ ...mail, at: moment(mail.at), until: moment(mail.until) })).reverse(),
  }
}

function worded(until: Date | 'permanent' | undefined) {
  return until instanceof Date ? moment(until) : until
}

function moment(at: Date) {
  return { iso: at.toISOString(), text: `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC` }
}
