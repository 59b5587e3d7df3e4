/** Classes that describe a body by decorators. */
import type { Model } from "../../../server/rule/rule.ts";

const dto: Model = {
  language: "javascript",
  passes: [
    {
      path: "class-transformer.{plainToInstance,plainToClass}()",
      from: [0, 1],
      gives: "filled",
    },
  ],
  // https://github.com/typestack/class-validator#validation-decorators: values that are no text, those of a list or an enum
  // of the program, and texts whose format leaves no room for anything else.
  scalars: [
    "class-validator.{IsInt,IsNumber,IsBoolean,IsDate,IsPositive,IsNegative,IsIn,IsEnum,IsUUID,IsMongoId,IsNumberString,IsAlpha,IsAlphanumeric,IsHexadecimal,IsISO8601,IsDateString,IsIP}",
  ],
};

export default dto;
