// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Roots of an append-only log, written where the log's keeper cannot take them back.
/// @notice One root for each size, sizes only grow, and nothing is ever changed. Whoever reads a
///         log's signed checkpoint can ask here whether everyone else was shown the same one.
contract CheckpointAnchor {
    /// @notice A checkpoint of `size` entries under `root` (RFC 6962) was anchored.
    event Anchored(uint256 indexed size, bytes32 root);

    error NotOwner();
    error EmptyRoot();
    error NotGrowing(uint256 newest);

    /// @notice The only account that may anchor. Part of the code, not of the storage: it cannot change.
    address public immutable owner;

    // The order of these two is part of the evidence format: a root lies at keccak256(size . 0).
    /// @notice The root anchored for a size; zero where none was.
    mapping(uint256 => bytes32) public rootOf;

    /// @notice The largest size anchored so far.
    uint256 public newestSize;

    constructor() {
        owner = msg.sender;
    }

    /// @notice Anchor a checkpoint. Sizes must grow strictly, so no root is ever replaced.
    function anchor(uint256 size, bytes32 root) external {
        if (msg.sender != owner) revert NotOwner();
        // Zero is what an unset root reads as; it must not also be one.
        if (root == bytes32(0)) revert EmptyRoot();
        if (size <= newestSize) revert NotGrowing(newestSize);
        newestSize = size;
        rootOf[size] = root;
        emit Anchored(size, root);
    }
}
