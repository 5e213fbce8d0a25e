/** What wrangler's module rules and workerd offer, as far as this project uses it. */
declare namespace WebAssembly {
  type Imports = Record<string, Record<string, unknown>>
  class Module {
    private readonly brand
  }
  class Instance {
    readonly exports: Record<string, unknown>
  }
  function instantiate(module: Module, imports?: Imports): Promise<Instance>
}

declare module '*.wasm' {
  const module: WebAssembly.Module
  export default module
}

declare module '*.yaml' {
  const text: string
  export default text
}

declare module '*.md' {
  const text: string
  export default text
}

declare module '*.css' {
  const text: string
  export default text
}

/** Text too, by a rule in wrangler.toml: it is served, never run. */
declare module '*/swagger-ui-bundle.js' {
  const text: string
  export default text
}

/** Text too: the desk's script runs in browsers only. */
declare module '*/assets/desk.js' {
  const text: string
  export default text
}
