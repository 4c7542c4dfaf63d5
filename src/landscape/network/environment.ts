/** What clients need to be told; see {@link environmentOf}. */
export interface ClientSettings {
  /** Proxy front, e.g. `http://127.0.0.1:24400`. */
  readonly proxy: string;
  /** File with the certificate of the local authority. */
  readonly caFile: string;
}

const LOOPBACK_NAMES = 'localhost,127.0.0.1,::1';

/** Environment variables by which unmodified clients reach the landscape under production URLs. */
export function environmentOf({ proxy, caFile }: ClientSettings): Readonly<Record<string, string>> {
  return {
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    NO_PROXY: LOOPBACK_NAMES,
    no_proxy: LOOPBACK_NAMES,
    /** Go (cf, terraform) and OpenSSL. It replaces the system's authorities, which is fine: nobody else is reachable. */
    SSL_CERT_FILE: caFile,
    /** Node adds it to its own. */
    NODE_EXTRA_CA_CERTS: caFile,
    /** Node 24 honours the proxy variables only when asked to. */
    NODE_USE_ENV_PROXY: '1',
    /** Python's requests. */
    REQUESTS_CA_BUNDLE: caFile,
    CURL_CA_BUNDLE: caFile,
  };
}
