declare module "jstat" {
  interface Distribution<A extends readonly number[]> {
    /** The quantile of a probability. */
    inv(probability: number, ...parameters: A): number;
  }
  export const jStat: {
    readonly chisquare: Distribution<[degrees: number]>;
    readonly beta: Distribution<[alpha: number, beta: number]>;
  };
}
