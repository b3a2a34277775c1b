import type { OrderAnswer } from '../../pim/administration/administration.ts'
import { type Reply, redirect, toEntra } from '../page.ts'

/** The page that says what became of an order. */
export const receiptPath = (id: string): string => `/people/receipt/${id}`

/** Leads to the receipt of an order; first to Entra, where Microsoft wants a check before it goes on. */
export function orderReply(answer: OrderAnswer): Reply {
  const returnTo = receiptPath(answer.id)
  return answer.kind === 'receipt' ? redirect(returnTo) : toEntra({ returnTo, order: answer.id, claims: answer.claims })
}
