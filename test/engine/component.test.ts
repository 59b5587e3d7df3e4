// Components of Vue and Svelte: which scripts are read, and that nothing of them moves.

import * as assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { componentProgram } from "../../server/embedded/component.ts";
import { cellPlace, programOffset } from "../../server/embedded/program.ts";

const scripts = (text: string): readonly string[] => {
  const { text: program, parts } = componentProgram(text);
  assert.equal(program.length, text.length);
  return parts.map(({ start, end }) => program.slice(start, end));
};

const VUE = `<script lang="ts">
export interface Props { a: string }
</script>

<template>
  <p v-if="a > 1" :title="'</p>'">{{ a }}<br><input></p>
  <script>no()</script>
</template>

<script setup lang="ts" generic="T extends 'a' | '>'">
const b = 1
</script>

<style scoped>
p::before { content: "<script>no()</script>" }
</style>
`;

describe("a component's program", () => {
  test("both scripts of a Vue component are in it, and nothing else", () => {
    assert.deepEqual(scripts(VUE), ["export interface Props { a: string }\n", "const b = 1\n"]);
    assert.equal(componentProgram(VUE).language, "typescript");
  });

  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["a script of one line", "<script>a()</script>", ["a()"]],
    ["carriage returns", "<script>\r\na()\r\n</script>", ["a()\r\n"]],
    [
      "Svelte's two",
      '<script context="module">\na\n</script><script lang="ts">\nb\n</script>',
      ["a\n", "b\n"],
    ],
    ["Svelte 5", "<script module>\na\n</script>\n<script>\nb\n</script>", ["a\n", "b\n"]],
    ["behind markup that is half-typed", "<div><p\n<b>\n</b>\n<script>\na\n</script>", ["a\n"]],
    ["an arrow in markup", "<A on:click={() => go('x')} />\n<script>\na\n</script>", ["a\n"]],
    [
      "one in the page's head",
      "<svelte:head><script>no()</script></svelte:head>\n<script>a</script>",
      ["a"],
    ],
    ["a comment", "<!-- <script>no()</script> --><script>a</script>", ["a"]],
    ["data", '<script type="application/ld+json">{"a": 1}</script>', []],
    ["one from elsewhere", '<script src="./a.js"></script>', []],
    ["another language", '<script lang="coffee">a</script>', []],
    ["one without an end", "<script>\na = '", []],
    ["nothing", "", []],
    ["no more than space", "<script>\n\n</script>", []],
    ["another element", "<Script>no()</Script><scripts>no()</scripts>", []],
    ["a name that every object has", '<script lang="constructor">a</script>', []],
  ];
  for (const [name, text, wanted] of cases)
    test(name, () => assert.deepEqual(scripts(text), wanted));

  test("of two languages, the one that reads both", () => {
    const of = (...langs: string[]) =>
      componentProgram(langs.map((one) => `<script lang="${one}">a</script>`).join("")).language;
    assert.equal(of("js"), "javascript");
    assert.equal(of("js", "ts"), "typescript");
    assert.equal(of("tsx", "ts"), "typescriptreact");
  });

  test("every place of a script is that of the file, whatever stands around it", () => {
    const piece = fc.constantFrom(
      "<script>",
      '<script setup lang="ts">',
      "</script>",
      "<template>",
      "</template>",
      "<div a='>'>",
      "{`<script>`}",
      "<!--",
      "-->",
      "<style>",
      "</style>",
      "\r\n",
      "\n",
      "é🦀",
      "x = 1",
      "<",
      '"',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join("");
        const program = componentProgram(text);
        assert.equal(program.text.length, text.length);
        assert.equal(program.text.replace(/[^\r\n]/g, "."), text.replace(/[^\r\n]/g, "."));
        let last = 0;
        for (const { start, end } of program.parts) {
          assert.ok(start >= last && end > start);
          assert.equal(program.text.slice(last, start).trim(), "");
          assert.equal(program.text.slice(start, end), text.slice(start, end));
          for (let at = start; at <= end; at++) {
            const place = cellPlace(program, at);
            assert.ok(place !== undefined && place.offset === at);
            assert.equal(programOffset(program, place), at);
          }
          last = end;
        }
        assert.equal(program.text.slice(last).trim(), "");
      }),
    );
  });
});
