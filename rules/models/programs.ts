/**
 * What programs do with an argument that begins with a dash, in rows' `data`: `harm.NAME` is an option that harms in words, with the
 * subcommand where that decides (`harm.git clone`); `ends.NAME` what ends the options, absent where nothing does; `flags.NAME` options
 * that take no value, so that what follows them is an argument of its own.
 */
interface Program {
  readonly harm: string;
  readonly ends?: string;
  readonly flags?: string;
}

const CLONES = "--upload-pack=COMMAND runs a command";
const WRITES = "--output=FILE writes over a file";
const GIT_FLAGS =
  "-q --quiet -v --verbose --bare --mirror --recursive --recurse-submodules --single-branch --no-checkout --heads --tags --all -f --force --prune --oneline --stat --name-only --no-tags";

const PROGRAMS: Readonly<Record<string, Program>> = {
  // https://git-scm.com/docs/gitcli: "--" separates options from paths, which is not what a revision is: there is no `ends` where one stands.
  "git clone": { harm: CLONES, ends: "--", flags: GIT_FLAGS },
  "git fetch": { harm: CLONES, ends: "--", flags: GIT_FLAGS },
  "git pull": { harm: CLONES, ends: "--", flags: GIT_FLAGS },
  "git ls-remote": { harm: CLONES, ends: "--", flags: GIT_FLAGS },
  "git push": { harm: "--receive-pack=COMMAND runs a command", ends: "--", flags: GIT_FLAGS },
  "git archive": { harm: WRITES, flags: GIT_FLAGS },
  "git log": { harm: WRITES, flags: GIT_FLAGS },
  "git show": { harm: WRITES, flags: GIT_FLAGS },
  "git diff": { harm: WRITES, flags: GIT_FLAGS },
  "git grep": {
    harm: "--open-files-in-pager=COMMAND runs a command",
    flags: "-n -i -l -r -E -F -w --cached",
  },
  "git rebase": { harm: "--exec=COMMAND runs a command", flags: GIT_FLAGS },
  "hg clone": {
    harm: "--config=hooks.pre-clone=COMMAND runs a command",
    ends: "--",
    flags: "-q -v",
  },
  curl: {
    harm: "-o/path/of/a/file writes over a file, and -K/path reads its settings from one",
    ends: "--",
    flags:
      "-s -S -L -f -k -v -i -I -O -g -sS -sL -fsSL -sSL -fsS -sk -skL -sSf -sSfL --silent --show-error --location --fail --insecure --verbose --include --head --compressed --globoff",
  },
  wget: {
    harm: "--use-askpass=PROGRAM runs a program, and --output-document=FILE writes over a file",
    ends: "--",
    flags:
      "-q -c -N -r -p -k -nv -nc --quiet --continue --no-check-certificate --no-verbose --mirror",
  },
  // The value of "f" follows the letters that hold it.
  tar: {
    harm: "--use-compress-program=COMMAND and --checkpoint-action=exec=COMMAND run a command",
    ends: "--",
    flags: "-x -c -z -v -t -p -j -J xz cz --gzip --verbose --extract --create --no-same-owner",
  },
  zip: {
    harm: "--unzip-command=COMMAND runs a command with -T",
    ends: "--",
    flags: "-r -q -j -9 -0 -m -u -y -X -rq -qr -rj -jr -T --recurse-paths --quiet --junk-paths",
  },
  // https://man7.org/linux/man-pages/man1/find.1.html: where it looks cannot be told from an expression by "--".
  find: { harm: "-delete removes every file", flags: "-L -P -H" },
  rsync: {
    harm: "--rsh=COMMAND runs a command",
    ends: "--",
    flags:
      "-a -r -v -z -q -P -n -av -az -avz -avzP -rv -rz -rtv --archive --recursive --verbose --compress --delete --progress --quiet --dry-run",
  },
  ssh: {
    harm: "-oProxyCommand=COMMAND runs a command",
    ends: "--",
    flags: "-q -v -A -C -T -t -N -n -f -4 -6 -x -X",
  },
  scp: { harm: "-oProxyCommand=COMMAND runs a command", ends: "--", flags: "-q -r -p -v -C -B" },
  sftp: { harm: "-oProxyCommand=COMMAND runs a command", ends: "--", flags: "-q -r -p -v -C" },
  rg: {
    harm: "--pre=COMMAND runs a command",
    ends: "--",
    flags: "-n -i -l -F -w -u --json --no-heading",
  },
  "yt-dlp": {
    harm: "--exec=COMMAND runs a command",
    ends: "--",
    flags:
      "-q -j -J -x -v -s -i --quiet --dump-json --dump-single-json --no-playlist --extract-audio --no-warnings --flat-playlist --skip-download --simulate --get-title --get-url",
  },
  "youtube-dl": {
    harm: "--exec=COMMAND runs a command",
    ends: "--",
    flags:
      "-q -j -J -x -v -s -i --quiet --dump-json --no-playlist --extract-audio --no-warnings --get-title --get-url",
  },
  pandoc: {
    harm: "--filter=PROGRAM runs a program, and --output=FILE writes over a file",
    ends: "--",
    flags: "-s --standalone",
  },
  wkhtmltopdf: {
    harm: "--enable-local-file-access lets the page read files of the server",
    flags: "-q --quiet",
  },
  nmap: {
    harm: "--script=FILE runs a script, and -oN/path/of/a/file writes over a file",
    ends: "--",
    flags: "-sV -sS -sT -sn -A -F -Pn -n -O -v",
  },
  psql: { harm: "--command=\\! COMMAND runs a command", ends: "--", flags: "-q -t -A -X -w" },
  sendmail: { harm: "-X/path/of/a/file writes a file", ends: "--", flags: "-t -i -oi" },
};

/** On Windows these are scripts, which only a shell starts. */
export const scripts =
  " npm npx yarn yarnpkg pnpm pnpx corepack tsc vite vitest jest eslint prettier webpack rollup ng nx next turbo lerna vue-cli-service vsce gulp grunt mvn gradle code az gcloud firebase start ";

export const programOptions: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PROGRAMS).flatMap(([name, { harm, ends, flags }]) => [
    [`harm.${name}`, harm],
    ...(ends === undefined ? [] : [[`ends.${name}`, ends]]),
    ...(flags === undefined ? [] : [[`flags.${name}`, ` ${flags} `]]),
  ]),
);
