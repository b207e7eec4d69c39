import assert from "node:assert/strict";
import { slugify } from "../../domain/format/slug.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";

// Characters that Python's older Unicode tables lack are left out: V8 may know their lower case.
Deno.test({
  name: "rubicon-ml: slugs are Python's, for every character and for 5,000 random names",
  ignore: ignoredFor("rubicon-ml", await lacksPython()),
  async fn() {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const vectors = await python(
      String.raw`
import random, unicodedata
from rubicon_ml.repository.utils import slugify
pick = random.Random(input)
codes = (c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF)
every = [chr(c) for c in codes if unicodedata.category(chr(c)) != "Cn"]
odd = [c for c in every if c.isspace()] + [chr(c) for c in range(0x80)] + list("ΣσςİIıßẞǅ\ufeff\u200b\u180e\u0307")
names = ["x" + c + "Y" for c in every]
for _ in range(5000):
    pool = pick.choice([every, odd, odd + every[:3000]])
    names.append("".join(pick.choice(pool) for _ in range(pick.randrange(12))))
output = [[name, slugify(name)] for name in names]`,
      seed,
    ) as [string, string][];
    assert.ok(vectors.length > 200_000);
    assert.deepEqual(vectors.filter(([name, slug]) => slugify(name) !== slug), [], `seed ${seed}`);
  },
});
