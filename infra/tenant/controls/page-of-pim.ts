import { type ErrorRequestHandler, type Response, Router, urlencoded } from 'express'
import { clientId } from '../directory/ids.ts'
import type { GroupKey } from '../directory/managed.ts'
import { type Person, people } from '../directory/people.ts'
import { moment, sendPage } from '../page.ts'
import { appAt } from '../sign-in/app.ts'
import type { Controls, TenantState } from '../state.ts'
import { group } from '../switches/parts.ts'
import { mark, turn, unmark } from '../switches/switches.ts'
import { pimForms } from './forms.ts'
import { pimModel } from './model.ts'
import { sameSiteOnly } from './same-site.ts'

/**
 * The page on which a developer plays the PIM administrator, for one group at a time. Every act answers with a redirect
 * back to the page of its group.
 */
export function pimPages(state: TenantState, { reset }: Controls): Router {
  const router = Router()
  const act = (path: string, action: (form: Record<string, string>) => void): Router =>
    router.post(path, (request, response) => {
      action(request.body ?? {})
      const shown = shownGroup(state, request.body) ?? 'members'
      response.redirect(303, shown === 'members' ? '/pim' : `/pim?group=${shown}`)
    })
  router.use(sameSiteOnly, urlencoded({ extended: false }))
  router.get('/', (request, response) => show(response, { state, named: request.query }))
  for (const [path, action] of Object.entries(pimForms(state))) act(path, action)
  act('/disable', ({ person = '' }) => mark(state.switches, 'disabled', person))
  act('/enable', ({ person = '' }) => unmark(state.switches, 'disabled', person))
  act('/switches', form => turn(state.switches, wishFrom(form)))
  act('/reset', reset)
  router.use(showProblem(state))
  return router
}

/** The group of a form or an address; the first that PIM manages when neither names one of them. */
function shownGroup({ pims }: TenantState, named: { group?: unknown } | undefined): GroupKey | undefined {
  const asked = group.safeParse(named?.group).data
  const managed = pims.managed().map(pim => pim.group)
  return managed.find(each => each === asked) ?? managed[0]
}

// A browser does not send an unticked box, so its absence means "off".
function wishFrom(form: Record<string, string>) {
  return {
    assignmentRequired: form.assignmentRequired === 'on',
    groupMembershipClaims: form.groupMembershipClaims,
    replicationLagSeconds: Number(form.replicationLagSeconds),
    frontChannel: form.frontChannel,
    ...(form.rosterLagSeconds && { rosterLagSeconds: Number(form.rosterLagSeconds) }),
    ...(form.membersLagSeconds && { membersLagSeconds: Number(form.membersLagSeconds) }),
  }
}

function showProblem(state: TenantState): ErrorRequestHandler {
  return (error, request, response, _next) => {
    void show(response.status(400), { state, named: request.body, problem: (error as Error).message })
  }
}

type Shown = { state: TenantState; named: { group?: unknown } | undefined; problem?: string }

function show(response: Response, { state, named, problem }: Shown): Promise<void> {
  const group = shownGroup(state, named)
  if (group === undefined) return sendPage(response, 'no-groups', { title: 'Who has access', problem })
  return sendPage(response, 'pim', { ...model(state, group), problem })
}

function model(state: TenantState, group: GroupKey) {
  const { directory, switches } = state
  return {
    title: 'Who has access',
    switches: { ...switches, ...appAt(state, clientId) },
    ...pimModel(state, group),
    people: people.map(person => ({ ...person, ...standing(state, group, person) })),
    mails: directory.mails
      .map(mail => ({ ...mail, at: moment(mail.at), until: mail.until && moment(mail.until) }))
      .reverse(),
  }
}

function standing({ clock, pims, switches }: TenantState, group: GroupKey, { key }: Person) {
  const { memberships, eligibilities } = pims.of(group)
  const until = memberships.activeUntil(key)
  const inPim = memberships.instancesAt(clock()).some(each => each.key === key)
  const eligible = eligibilities.now(key)
  const isDisabled = switches.disabled.includes(key)
  return {
    until: worded(until),
    isEligible: eligible !== undefined,
    acts: [
      ...(inPim ? [{ path: 'end', says: 'End now' }] : []),
      eligible ? { path: 'end-eligibility', says: 'End eligibility' } : { path: 'eligible', says: 'Make eligible' },
      until ? { path: 'remove-directly', says: 'Remove past PIM' } : { path: 'add-directly', says: 'Add past PIM' },
      isDisabled ? { path: 'enable', says: 'Enable the account' } : { path: 'disable', says: 'Disable the account' },
    ],
  }
}

function worded(until: Date | 'permanent' | undefined) {
  return until instanceof Date ? moment(until) : until
}
