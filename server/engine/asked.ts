/**
 * What was asked of the program while something was made of the calls of all files, by file: after an edit only what was asked
 * of the edited files is asked again. Code that was given stays usable: its text is looked up when it is asked for.
 */
import type { FileId } from "../base/brand.ts";
import type { Span } from "../base/text.ts";
import type { Item } from "../ir/ir.ts";
import { fileOf, type PlacedItem } from "../project/program.ts";
import type { Code, Deed, ProgramContext } from "../rule/rule.ts";
import type { ItemId, Ref } from "../taint/value.ts";
import { codeOf } from "./code.ts";
import type { FindingsInput } from "./input.ts";
import { isLike } from "./like.ts";

export interface Asked {
  /** Notes what it is asked, until `end`. */
  readonly context: ProgramContext;
  end(): void;
  /** All that was asked of these files has the answer that it had. */
  holds(files: Iterable<FileId>): boolean;
}

/** Of one file. */
interface Questions {
  readonly items: Map<ItemId, Item | undefined>;
  readonly texts: { readonly item: ItemId; readonly span: Span; readonly text: string }[];
  readonly deeds: { readonly ref: Ref; readonly deed: Deed; readonly does: boolean | undefined }[];
  /** Something that any edit may answer differently. */
  isAny: boolean;
}

export function createAsked({ program, partsOf }: FindingsInput, plain: ProgramContext): Asked {
  const byFile = new Map<FileId, Questions>();
  const codes = new Map<ItemId, Code>();
  let isOpen = true;

  const of = (file: FileId): Questions => {
    let known = byFile.get(file);
    if (known === undefined) {
      known = { items: new Map(), texts: [], deeds: [], isAny: false };
      byFile.set(file, known);
    }
    return known;
  };
  const any = (file: FileId): void => {
    if (isOpen) of(file).isAny = true;
  };
  const code = (item: ItemId): Code | undefined => {
    const known = codes.get(item);
    if (known !== undefined) return known;
    const placed = program.item(item);
    if (isOpen) of(fileOf(item)).items.set(item, placed?.ir);
    if (placed === undefined) return undefined;
    const made = noted(placed);
    codes.set(item, made);
    return made;
  };
  const noted = ({ id, file, ir, parent }: PlacedItem): Code => {
    const now = (): Code | undefined => codeOf(program, id, partsOf);
    const whole = (): Code | undefined => {
      any(file);
      return now();
    };
    return {
      ...{ item: id, file, ir, parent, language: program.file(file)?.language.id ?? "python" },
      op: (op) => ir.ops[op] as Item["ops"][number],
      text(span) {
        const text = now()?.text(span) ?? "";
        if (isOpen) of(file).texts.push({ item: id, span, text });
        return text;
      },
      absolute: (span) => whole()?.absolute(span) ?? span,
      get fileText() {
        return whole()?.fileText ?? "";
      },
      get parts() {
        return whole()?.parts;
      },
      statement: (span) => whole()?.statement(span),
      indent: (offset) => whole()?.indent(offset) ?? "",
      get newline() {
        return whole()?.newline ?? "\n";
      },
      other: code,
    };
  };

  const stillHolds = ({ items, texts, deeds, isAny }: Questions): boolean =>
    !isAny &&
    [...items].every(([item, ir]) => isLike(program.item(item)?.ir, ir)) &&
    texts.every(({ item, span, text }) => codeOf(program, item, partsOf)?.text(span) === text) &&
    deeds.every(({ ref, deed, does }) => plain.does(ref, deed) === does);

  return {
    context: {
      ...plain,
      code,
      does(ref, deed) {
        const does = plain.does(ref, deed);
        if (isOpen && /^(?:fn|class|inst):/.test(ref))
          of(fileOf(ref.slice(ref.indexOf(":") + 1))).deeds.push({ ref, deed, does });
        return does;
      },
      refusals(item) {
        any(fileOf(item));
        return plain.refusals(item);
      },
    },
    end() {
      isOpen = false;
    },
    holds(files) {
      for (const file of files) {
        const asked = byFile.get(file);
        if (asked !== undefined && !stillHolds(asked)) return false;
      }
      return true;
    },
  };
}
