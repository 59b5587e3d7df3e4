/** JavaScript validation: functions that answer whether a text is a number, an identifier, a date. */
import type { Model } from "../../../server/rule/rule.ts";

const validation: Model = {
  language: "javascript",
  guards: [
    {
      // Letters, digits, hyphens, colons: https://github.com/validatorjs/validator.js#validators
      path: "validator.{isUUID,isInt,isNumeric,isDecimal,isFloat,isAlpha,isAlphanumeric,isHexadecimal,isMongoId,isBoolean,isISO8601,isDate,isCreditCard,isHash,isMACAddress,isPort,isPostalCode,isBase32,isBase58,isULID,isISBN,isLocale,isSlug,isIP,isOctal,isHexColor}()",
      subject: 0,
      proves: "true",
      clears: "all",
    },
    {
      path: "validator.{isIn,equals}()",
      subject: 0,
      proves: "true",
      clears: "all",
      needs: { arg: 1, is: "untainted" },
    },
    {
      path: "{uuid.validate,is-uuid.anyNonNil,mongoose.isValidObjectId,mongoose.Types.ObjectId.isValid,mongodb.ObjectId.isValid,validate.isUuid,class-validator.isUUID,class-validator.isInt,class-validator.isNumberString,class-validator.isMongoId,class-validator.isAlphanumeric}()",
      subject: 0,
      proves: "true",
      clears: "all",
    },
    {
      path: "validator.matches()",
      subject: 0,
      proves: "true",
      clears: "all",
      needs: { arg: 1, is: "search" },
    },
  ],
};

export default validation;
