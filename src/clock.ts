/** The one clock of the house. Tests hold it in hand. */
export type Clock = () => Date
