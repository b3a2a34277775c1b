/**
 * PIM lets nobody end an assignment or an activation in the first five minutes after it began, in ms.
 * Source: https://learn.microsoft.com/entra/id-governance/privileged-identity-management/groups-activate-roles
 */
export const shortestStayMs = 5 * 60_000
/** PIM takes no activation that is shorter, in minutes: it could not be ended before it ends by itself. */
export const shortestMinutes = shortestStayMs / 60_000

/**
 * A request that waits for approval lapses after a day, in ms.
 * Source: https://learn.microsoft.com/entra/id-governance/privileged-identity-management/groups-approval-workflow
 */
export const approvalLifeMs = 24 * 3_600_000

/** An extension begins this long after the period before it ends, in ms. If both met, PIM would see two at one instant. */
export const betweenPeriodsMs = 1_000

/** How long PIM may take for an act, in ms: it does what it is asked before it answers. */
export const actLimitMs = 10_000
