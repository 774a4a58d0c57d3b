/** A checker that asks nothing: it goes by what is known of something else. */
export interface FollowSettings {
    readonly follows: Followed;
    /** Down until something is heard. */
    readonly isAlpha: boolean;
}

/** What is followed. */
export type Followed =
    /** `BFD_CHECK`: up while the session is. */
    | { readonly kind: "bfd"; readonly name: string }
    /**
     * `FILE_CHECK`: the number in a `track_file` times `weight` is added to the server's weight. Where `weight` is 0 the number decides by itself:
     * 0 is up.
     */
    | { readonly kind: "file"; readonly name: string; readonly weight: number; readonly isReversed: boolean };
