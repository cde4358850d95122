//! Makes a wasm module lighter to send: one body for functions that are the same, similar functions
//! beside each other, common locals first. Deliberately knows nothing of what the module does, and
//! optimises no code: tools that do (wasm-opt) make this page's module smaller, but its compressed
//! form larger.

use std::collections::HashMap;
use std::convert::Infallible;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, Encode, Function, FunctionSection, Module};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, FunctionBody, FunctionSectionReader, Operator, Parser,
    Payload, TypeRef, Validator,
};

/// As many bytes as two or three instructions take: what functions have in common is counted in
/// pieces of this length. Measured: 4 and 6 compress a quarter of a percent worse.
const PIECE_BYTES: usize = 5;
/// What more functions than this contain tells nothing about which of them belong together.
const SHARED_BY_MAX: usize = 200;

/// Returns a module that does the same and compresses better. Custom sections (names, producers)
/// are left out. Fails if `wasm` is not a valid module.
pub fn lighten(wasm: &[u8]) -> Result<Vec<u8>> {
    let (mut module, bodies) = Lighter::read(wasm)?;
    let bodies_encoded = module.merge_twins(&bodies)?;
    module.order = similar_together(&bodies_encoded, &module.order);
    module.number();

    let mut light = Module::new();
    module
        .parse_core_module(&mut light, Parser::new(0), wasm)
        .context("cannot write the module again")?;
    let light = light.finish();
    Validator::new()
        .validate_all(&light)
        .context("the lightened module is not valid")?;
    Ok(light)
}

/// A module being written again. Functions are counted from the first that is not imported.
struct Lighter {
    /// How many functions are imported: they come first in the module's own numbering.
    imported: u32,
    /// How many parameters each type of function has.
    params: Vec<u32>,
    /// The type of each function.
    types: Vec<u32>,
    /// The function that stands for each function: itself, or the first that is the same.
    twin: Vec<usize>,
    /// Which functions are written, in which order. Each is its own twin.
    order: Vec<usize>,
    /// The index, in the module written, of each function's twin.
    index: Vec<u32>,
}

impl Lighter {
    fn read(wasm: &[u8]) -> Result<(Self, Vec<FunctionBody<'_>>)> {
        let (mut imported, mut params, mut types, mut bodies) = (0, vec![], vec![], vec![]);
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(section) => {
                    for kind in section.into_iter_err_on_gc_types() {
                        params.push(u32::try_from(kind?.params().len())?);
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::FunctionSection(section) => {
                    types = section.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::CodeSectionEntry(body) => bodies.push(body),
                _ => {}
            }
        }
        let mut module = Self {
            imported,
            params,
            twin: (0..types.len()).collect(),
            order: (0..types.len()).collect(),
            index: vec![0; types.len()],
            types,
        };
        module.number();
        Ok((module, bodies))
    }

    /// Gives each function the index of where its twin is written.
    fn number(&mut self) {
        for (place, &function) in (self.imported..).zip(&self.order) {
            self.index[function] = place;
        }
        for function in 0..self.index.len() {
            self.index[function] = self.index[self.twin[function]];
        }
    }

    /// Finds the functions of one type whose bodies are the same, until no more appear: the callers
    /// of twins may be twins. Returns the bodies as they are now.
    ///
    /// A function's address is its place in the table, and each keeps its own: code that compares
    /// addresses sees no difference.
    fn merge_twins(&mut self, bodies: &[FunctionBody]) -> Result<Vec<Vec<u8>>> {
        loop {
            let encoded = bodies.iter().enumerate().map(|(function, body)| {
                let mut bytes = Vec::new();
                self.body(function, body)?.encode(&mut bytes);
                anyhow::Ok(bytes)
            });
            let encoded: Vec<_> = encoded.collect::<Result<_>>()?;
            let mut first = HashMap::new();
            for (function, body) in encoded.iter().enumerate() {
                self.twin[function] = *first
                    .entry((self.types[function], body))
                    .or_insert(function);
            }
            if first.len() == self.order.len() {
                return Ok(encoded);
            }
            self.order
                .retain(|&function| self.twin[function] == function);
            self.number();
        }
    }

    /// A function's body, with calls to where functions are now, and the locals of a type in order
    /// of how often they are used: the same few numbers come again and again.
    fn body(
        &mut self,
        function: usize,
        body: &FunctionBody,
    ) -> Result<Function, Error<Infallible>> {
        let params = self.params[self.types[function] as usize];
        let mut kinds = Vec::new();
        for group in body.get_locals_reader()? {
            let (count, kind) = group?;
            kinds.extend((0..count).map(|_| kind));
        }
        let mut uses = vec![0u32; kinds.len()];
        for operator in body.get_operators_reader()? {
            if let Some(local) = local_of(&mut operator?)
                && let Some(own) = local.checked_sub(params)
            {
                uses[own as usize] += 1;
            }
        }

        // Types in the order in which they are declared; of equal use, the earlier first.
        let mut locals: Vec<usize> = (0..kinds.len()).filter(|&own| uses[own] > 0).collect();
        let declared = |own: usize| kinds.iter().position(|kind| *kind == kinds[own]);
        locals.sort_by_key(|&own| (declared(own), std::cmp::Reverse(uses[own])));
        let mut place = vec![0; kinds.len()];
        let mut declarations = Vec::new();
        for (now, &own) in (params..).zip(&locals) {
            place[own] = now;
            declarations.push(self.val_type(kinds[own])?);
        }

        let mut written = Function::new_with_locals_types(declarations);
        for operator in body.get_operators_reader()? {
            let mut operator = operator?;
            if let Some(local) = local_of(&mut operator)
                && let Some(own) = local.checked_sub(params)
            {
                *local = place[own as usize];
            }
            written.instruction(&self.instruction(operator)?);
        }
        Ok(written)
    }
}

impl Reencode for Lighter {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        let own = function.checked_sub(self.imported);
        Ok(own.map_or(function, |own| self.index[own as usize]))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        _: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        for &function in &self.order {
            functions.function(self.types[function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies: Vec<_> = section.into_iter().collect::<Result<_, _>>()?;
        for function in self.order.clone() {
            code.function(&self.body(function, &bodies[function])?);
        }
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        _: &mut Module,
        _: CustomSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        Ok(())
    }
}

/// The local that an instruction reads or writes.
fn local_of<'a>(operator: &'a mut Operator<'_>) -> Option<&'a mut u32> {
    match operator {
        Operator::LocalGet { local_index }
        | Operator::LocalSet { local_index }
        | Operator::LocalTee { local_index } => Some(local_index),
        _ => None,
    }
}

/// Orders functions so that each follows the one that it has most in common with: a compressor
/// refers to what is near in fewer bits.
fn similar_together(bodies: &[Vec<u8>], functions: &[usize]) -> Vec<usize> {
    let pieces: Vec<Vec<&[u8]>> = bodies
        .iter()
        .map(|body| {
            let mut pieces: Vec<_> = body.windows(PIECE_BYTES).collect();
            pieces.sort_unstable();
            pieces.dedup();
            pieces
        })
        .collect();
    let mut holders: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for &function in functions {
        for piece in &pieces[function] {
            holders.entry(piece).or_default().push(function);
        }
    }

    let mut is_placed = vec![false; bodies.len()];
    let mut shared = vec![0; bodies.len()];
    let mut order = Vec::with_capacity(functions.len());
    for &start in functions {
        let mut next = Some(start).filter(|&start| !is_placed[start]);
        while let Some(function) = next {
            is_placed[function] = true;
            order.push(function);
            shared.fill(0);
            for piece in &pieces[function] {
                let holders = &holders[piece];
                if holders.len() <= SHARED_BY_MAX {
                    holders.iter().for_each(|&holder| shared[holder] += 1);
                }
            }
            // The share of common pieces among all that either has.
            let likeness = |other: usize| {
                let all = pieces[function].len() + pieces[other].len() - shared[other];
                shared[other] as f64 / all as f64
            };
            let others = functions.iter().copied();
            next = others
                .filter(|&other| !is_placed[other] && shared[other] > 0)
                .max_by(|&a, &b| likeness(a).total_cmp(&likeness(b)).then(b.cmp(&a)));
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{ExportKind, ExportSection, TypeSection, ValType};
    use wasmparser::Operator::{Call, End, I32Const, LocalGet, LocalSet};

    use super::*;

    /// A module of functions `() -> i32`, exported by their numbers.
    fn module(bodies: &[(u32, &[Operator])]) -> Vec<u8> {
        let (mut types, mut functions) = (TypeSection::new(), FunctionSection::new());
        let (mut exports, mut code) = (ExportSection::new(), CodeSection::new());
        types.ty().function([], [ValType::I32]);
        for (number, (locals, operators)) in (0..).zip(bodies) {
            functions.function(0);
            exports.export(&number.to_string(), ExportKind::Func, number);
            let mut body = Function::new([(*locals, ValType::I32)]);
            for operator in *operators {
                body.instruction(&operator.clone().try_into().unwrap());
            }
            body.instruction(&wasm_encoder::Instruction::End);
            code.function(&body);
        }
        let mut module = Module::new();
        module.section(&types).section(&functions);
        module.section(&exports).section(&code);
        module.finish()
    }

    /// What each export does: the bodies, by the order in which exports are named.
    fn read(wasm: &[u8]) -> (usize, Vec<Vec<Operator<'_>>>) {
        let (mut bodies, mut exports) = (vec![], vec![]);
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.unwrap() {
                Payload::CodeSectionEntry(body) => {
                    let operators = body.get_operators_reader().unwrap().into_iter();
                    bodies.push(operators.collect::<Result<Vec<_>, _>>().unwrap());
                }
                Payload::ExportSection(section) => {
                    exports.extend(section.into_iter().map(|export| export.unwrap().index));
                }
                _ => {}
            }
        }
        let written = bodies.len();
        let of_export = |index: u32| bodies[index as usize].clone();
        (written, exports.into_iter().map(of_export).collect())
    }

    fn number(value: i32) -> Operator<'static> {
        I32Const { value }
    }

    fn call(function_index: u32) -> Operator<'static> {
        Call { function_index }
    }

    #[test]
    fn twins_and_their_callers_become_one() {
        let wasm = module(&[
            (0, &[call(2)]),
            (0, &[call(3)]),
            (0, &[number(7)]),
            (0, &[number(7)]),
            (0, &[number(8)]),
        ]);
        let light = lighten(&wasm).unwrap();
        let (written, exports) = read(&light);
        assert_eq!(written, 3);
        assert_eq!(exports[0], exports[1]);
        assert_eq!(exports[2], [number(7), End]);
        assert_eq!(exports[3], [number(7), End]);
        assert_eq!(exports[4], [number(8), End]);
        // The callers still call what gives seven.
        let Call { function_index } = exports[0][0] else {
            panic!("the call is gone: {:?}", exports[0]);
        };
        let (_, bodies) = Lighter::read(&light).unwrap();
        let mut called = bodies[function_index as usize]
            .get_operators_reader()
            .unwrap();
        assert_eq!(called.read().unwrap(), number(7));
    }

    #[test]
    fn the_most_used_local_comes_first() {
        let get = |local_index| LocalGet { local_index };
        let set = |local_index| LocalSet { local_index };
        let wasm = module(&[(3, &[number(1), set(2), get(2), set(1), get(2)])]);
        let light = lighten(&wasm).unwrap();
        let (_, exports) = read(&light);
        assert_eq!(exports[0], [number(1), set(0), get(0), set(1), get(0), End]);
    }

    #[test]
    fn similar_functions_stand_together() {
        let bodies = [b"first kind, one".to_vec(), b"another matter".to_vec()];
        let bodies = [&bodies[..], &[b"first kind, two".to_vec()]].concat();
        assert_eq!(similar_together(&bodies, &[0, 1, 2]), [0, 2, 1]);
    }

    #[test]
    fn what_is_light_stays_as_it_is() {
        let wasm = module(&[(0, &[call(1)]), (0, &[number(7)]), (0, &[number(7)])]);
        let light = lighten(&wasm).unwrap();
        assert_eq!(lighten(&light).unwrap(), light);
        assert!(lighten(b"no module").is_err());
    }
}
