import type { Diagnostic } from "./diagnostics.ts";

/** Everything about a check as one JSON document; absent things are left out. The form is stable: keys are added, never changed. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[], exitCode: number): string {
    return JSON.stringify(
        {
            version: 1,
            exitCode,
            diagnostics: diagnostics.map((one) => ({
                code: one.code,
                severity: one.severity,
                class: one.errorClass,
                message: one.message,
                allowed: one.allowed,
                consequence: one.consequence,
                suggestion: one.suggestion,
                file: one.place?.file,
                line: one.place?.line,
                column: one.place?.column,
                source: one.place === undefined ? undefined : one.source,
                expanded: one.made?.text,
            })),
        },
        undefined,
        2,
    );
}
