/** How a command ends: as the shell sees it. */
export const exits = { fine: 0, failed: 1, planned: 2, usage: 64, configuration: 78 } as const
export type Exit = (typeof exits)[keyof typeof exits]
