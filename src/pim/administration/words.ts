import { administrationPermissions } from '../../entra/oidc/scopes.ts'

/** Why an act of an administrator did not happen, as they read it, and what they can do next. */
export type OrderRefusal = { code: OrderRefusalCode; sentence: string; next: OrderNext }
export type OrderNext = 'correct' | 'change-end' | 'wait' | 'again' | 'check' | 'tell-operator' | 'nothing'

const list = new Intl.ListFormat('en-GB')
const permissions = list.format(administrationPermissions)

const words = {
  yourself: {
    sentence: 'Nobody gives access to themselves. Ask another administrator.',
    next: 'nothing',
  },
  'has-it-already': {
    sentence: 'They have this already. To move its end, send it again and tick that the end may move.',
    next: 'change-end',
  },
  'request-pending': {
    sentence:
      'A request of theirs for the same access waits for an answer. Answer it or have it cancelled, then try again.',
    next: 'again',
  },
  'has-it-not': {
    sentence: 'Microsoft shows no such access, so there was nothing to change. Look at the list again.',
    next: 'nothing',
  },
  'too-young': {
    sentence: 'Microsoft lets nobody take access away in its first five minutes. Try again when they are over.',
    next: 'again',
  },
  'still-changing': {
    sentence: 'Microsoft is still changing this access. Try again in a minute or two.',
    next: 'again',
  },
  'too-long': {
    sentence: 'This is longer than the policy of the group allows. Choose an earlier end.',
    next: 'correct',
  },
  'reason-needed': { sentence: 'The policy of the group asks for a reason.', next: 'correct' },
  'ticket-needed': { sentence: 'The policy of the group asks for a ticket.', next: 'correct' },
  'time-invalid': { sentence: 'Microsoft does not accept this end. Choose another.', next: 'correct' },
  'not-in-directory': {
    sentence: 'Microsoft does not find this person in the directory. Look them up again.',
    next: 'correct',
  },
  'group-not-in-pim': {
    sentence:
      'Microsoft does not know this group in Privileged Identity Management, or not yet. Try again in a minute; if that does not help, the group has to be brought under PIM in Microsoft Entra.',
    next: 'again',
  },
  'group-unsupported': {
    sentence:
      'Privileged Identity Management cannot manage a group of this kind: it may be dynamic, or come from an on-premises directory. The gate needs another group.',
    next: 'tell-operator',
  },
  'no-licence': {
    sentence:
      'Your organisation lacks a Microsoft licence that this needs: Microsoft Entra ID P2 or Microsoft Entra ID Governance, for each person concerned.',
    next: 'tell-operator',
  },
  'consent-missing': {
    sentence: `Your organisation has not consented to what this needs at Microsoft. An administrator has to grant these permissions of Microsoft Graph to this application in Microsoft Entra: ${permissions}.`,
    next: 'tell-operator',
  },
  'role-missing': {
    sentence:
      'Microsoft does not let your account give access to this group. You need to own the group in Microsoft Entra, or hold the role Groups Administrator there (for a group that roles can be assigned to: Privileged Role Administrator). Then try again.',
    next: 'again',
  },
  'check-needed': {
    sentence: 'Microsoft asks for one more check that it is you. Nothing was sent before it.',
    next: 'check',
  },
  'check-in-vain': {
    sentence:
      'You were checked, and Microsoft still asks for the same check, so asking you once more would not help. The policy behind the check may be switched off, or may leave your account out.',
    next: 'tell-operator',
  },
  busy: { sentence: 'Microsoft is busy, and did not do this. Try again in a minute.', next: 'again' },
  unreachable: {
    sentence: 'Microsoft cannot be reached right now, and this was not sent. Try again in a minute.',
    next: 'again',
  },
  'sign-in-not-taken': {
    sentence: 'Microsoft did not take your sign-in for this, and nothing was sent. Sign out, sign in and try again.',
    next: 'again',
  },
  'not-done': {
    sentence: 'Microsoft did not answer, and we have looked: it did not happen. Try again.',
    next: 'again',
  },
  denied: { sentence: 'Microsoft says that this was denied.', next: 'nothing' },
  failed: {
    sentence: 'Microsoft took this and then could not carry it out. Try again in a minute.',
    next: 'again',
  },
  refused: { sentence: 'Microsoft refused this.', next: 'tell-operator' },
} as const satisfies Record<string, { sentence: string; next: OrderNext }>
export type OrderRefusalCode = keyof typeof words

/** The refusal of this code. */
export const orderRefusal = (code: OrderRefusalCode): OrderRefusal => ({ code, ...words[code] })
