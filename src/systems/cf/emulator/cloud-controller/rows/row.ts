/** What every row of the Cloud Controller has. */
export interface Row {
  readonly guid: string;
  readonly landscape: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}
