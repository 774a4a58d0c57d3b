import type { Complaint } from "./complaint.ts";

/** Keepalived's line buffer. */
export const KEEPALIVED_LINE = 1023;

/** A NUL character, as binary files have. */
export const EMBEDDED_NUL: Complaint = {
    code: "embedded-nul",
    errorClass: "general",
    message: "the line holds a NUL character",
    consequence: "the line is ignored",
};

/** Longer than Keepalived reads. */
export const LONG_LINE: Complaint = {
    code: "long-line",
    errorClass: "warning",
    message: `the line is longer than the ${KEEPALIVED_LINE} characters that Keepalived reads`,
    consequence: "it is read all the same",
};

/** Longer than we read. */
export const ENDLESS_LINE: Complaint = {
    code: "endless-line",
    errorClass: "general",
    message: "the line is too long",
    consequence: "the line is ignored",
};

/** A comment among the lines of a definition. */
export const COMMENT_IN_DEFINITION: Complaint = {
    code: "comment-in-definition",
    errorClass: "warning",
    message: "Keepalived 2.4 takes this comment for the end of the definition, and what follows for lines of their own",
    consequence: "the comment is left out and the definition goes on, as in earlier versions",
};

/** Definitions that use each other without end. */
export const TOO_MANY_LINES: Complaint = {
    code: "definition-explodes",
    errorClass: "fatal",
    message: "definitions and generators make too many lines",
    consequence: "reading ends here",
};
