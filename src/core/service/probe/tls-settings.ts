/** How a check speaks TLS. */
export interface TlsSettings {
    /** Named in the handshake (RFC 6066 §3); none when absent. */
    readonly serverName?: string;
    /** An end without close_notify (RFC 8446 §6.1) is an error. */
    readonly isStrict: boolean;
    /** Certificates of the authorities to trust; absent means those that Node brings along. */
    readonly authorities?: string;
    /** Files of our own certificate and its key. */
    readonly certificate?: string;
    readonly key?: string;
    readonly password?: string;
    /** The server's certificate must be good, and for this name or address. */
    readonly verifiedName?: string;
    /** So many days its certificate must still be valid. */
    readonly leastDays?: number;
}
