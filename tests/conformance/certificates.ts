/** Certificates for the TLS cases, made by the `openssl` program in a folder that is thrown away. */
import { createHash } from "node:crypto";

/** A certificate and its key, as paths and as text. */
export interface Certificate {
  cert_path: string;
  key_path: string;
  cert_pem: string;
  key_pem: string;
  /** Lower-case hex SHA-256 of the certificate's DER bytes. */
  sha256: string;
}

/** All the certificates the cases need. */
export interface Certificates {
  ca: Certificate;
  /** For localhost, 127.0.0.1 and `june.test`, signed by `ca`. */
  server: Certificate;
  /** For `elsewhere.test` only, signed by `ca`. */
  elsewhere: Certificate;
  /** As `server`, ended in 2020. */
  expired: Certificate;
  /** For localhost, its own CA, as many GPU hosts have it. */
  self_signed: Certificate;
  /** A client's, signed by `ca`. */
  client: Certificate;
  /** A CA that signed none of these. */
  other_ca: Certificate;
  remove(): Promise<void>;
}

/**
 * Makes them all; takes about 200 ms.
 * @throws {Error} when `openssl` is missing or fails, with its words.
 */
export async function makeCertificates(): Promise<Certificates> {
  const folder = await Deno.makeTempDir({ prefix: "june-load-tls-" });
  const maker = new Maker(folder);
  const names = "subjectAltName=DNS:localhost,DNS:june.test,IP:127.0.0.1";
  const [ca, other_ca, self_signed] = await Promise.all([
    maker.authority("ca"),
    maker.authority("other_ca"),
    maker.authority("self_signed", names),
  ]);
  await maker.prepare();
  // One after another: `openssl ca` keeps a serial number in the folder.
  const server = await maker.signed("server", names);
  const elsewhere = await maker.signed("elsewhere", "subjectAltName=DNS:elsewhere.test");
  const expired = await maker.signed("expired", names, [
    "-startdate",
    "20190101000000Z",
    "-enddate",
    "20200101000000Z",
  ]);
  const client = await maker.signed("client", "extendedKeyUsage=clientAuth");
  const remove = () => Deno.remove(folder, { recursive: true });
  return { ca, server, elsewhere, expired, self_signed, client, other_ca, remove };
}

class Maker {
  constructor(private readonly folder: string) {}

  /** A key and a certificate that is its own CA. */
  async authority(name: string, names?: string): Promise<Certificate> {
    const extra = names === undefined ? [] : ["-addext", names];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${name}.key`];
    const subject = ["-subj", `/CN=june-load test ${name}`, "-days", "3650"];
    await this.#openssl(["req", "-x509", ...key, "-out", `${name}.pem`, ...subject, ...extra]);
    return this.#read(name);
  }

  /** Lays what `openssl ca` wants beside its keys. */
  async prepare(): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/index.txt`, "");
    await Deno.writeTextFile(`${this.folder}/serial`, "1000\n");
    const config = `[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\n` +
      `policy=p\nunique_subject=no\n[p]\ncommonName=supplied\n`;
    await Deno.writeTextFile(`${this.folder}/ca.cnf`, config);
  }

  /** A key and a certificate signed by `ca`. */
  async signed(name: string, extension: string, dates: string[] = ["-days", "3650"]): Promise<Certificate> {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${name}.key`];
    await this.#openssl(["req", "-new", ...key, "-out", `${name}.csr`, "-subj", `/CN=june-load test ${name}`]);
    await Deno.writeTextFile(`${this.folder}/${name}.ext`, `basicConstraints=CA:FALSE\n${extension}\n`);
    const files = ["-cert", "ca.pem", "-keyfile", "ca.key", "-in", `${name}.csr`, "-out", `${name}.pem`];
    await this.#openssl(
      ["ca", "-config", "ca.cnf", "-batch", "-notext", ...files, "-extfile", `${name}.ext`, ...dates],
    );
    return this.#read(name);
  }

  async #read(name: string): Promise<Certificate> {
    const cert_path = `${this.folder}/${name}.pem`;
    const key_path = `${this.folder}/${name}.key`;
    const cert_pem = await Deno.readTextFile(cert_path);
    const der = Uint8Array.fromBase64(cert_pem.replace(/-----[^-]+-----|\s/g, ""));
    const sha256 = createHash("sha256").update(der).digest("hex");
    return { cert_path, key_path, cert_pem, key_pem: await Deno.readTextFile(key_path), sha256 };
  }

  async #openssl(args: string[]): Promise<void> {
    const { code, stderr } = await new Deno.Command("openssl", { args, cwd: this.folder, stdin: "null" }).output()
      .catch((cause) => {
        throw new Error("The TLS cases need the `openssl` program", { cause });
      });
    if (code !== 0) throw new Error(`openssl ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
}

let made: Promise<Certificates> | null = null;

/** The certificates of this test file, made when first asked for. */
export function certificates(): Promise<Certificates> {
  return made ??= makeCertificates();
}

/** Throws them away, if any were made. */
export async function removeCertificates(): Promise<void> {
  await (await made)?.remove();
  made = null;
}
