export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Temporal.Instant
  | Temporal.PlainDate
  | NumpyArray
  | Set<Value>
  | readonly Value[]
  | { readonly [key: string]: Value };
export interface NumpyArray {
  dtype: string;
  shape: number[];
  data: unknown;
}
export const encodeValue = (v: unknown, _w: string): string => JSON.stringify(v);
export const encodeTrainingMetadata = (v: unknown, _w: string): string =>
  JSON.stringify({ _type: "training_metadata", value: v });
export const decodeTrainingMetadata = (v: unknown): unknown => (v as { value: unknown }).value;
export const parseDatetime = (t: string): string => {
  if (!/^\d{4}-/.test(t)) throw new Error("no");
  return t;
};
export const parseJson = (t: string): unknown => JSON.parse(t);
export const reviveValue = (v: unknown): Value => v as Value;
